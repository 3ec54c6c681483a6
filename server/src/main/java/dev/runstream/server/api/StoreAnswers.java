package dev.runstream.server.api;

import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a store's stages come to into answers, so that no request is left without one. */
final class StoreAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(StoreAnswers.class);

    private StoreAnswers() {}

    static void answer(Exchange exchange, CompletionStage<Response> answer) {
        answer.whenComplete(
                (response, fault) -> exchange.respond(fault == null ? response : Response.of(problem(fault))));
    }

    static Problem problem(Throwable fault) {
        Throwable cause = fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
        if (cause instanceof StoreUnavailableException) {
            return Problem.storeUnavailable();
        }
        LOG.error("the store failed", cause);
        return Problem.internal();
    }
}
