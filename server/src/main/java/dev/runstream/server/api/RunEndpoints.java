package dev.runstream.server.api;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.RunIds;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Json;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run: to look at, its result, its cancel. */
final class RunEndpoints {
    private final RunStore store;
    private final RunJson runJson;

    RunEndpoints(RunStore store, RunJson runJson) {
        this.store = store;
        this.runJson = runJson;
    }

    /** {@code GET …/run/:runId}. */
    BodySink show(Exchange exchange) {
        boolean withInput = exchange.query("include").filter("input"::equals).isPresent();
        answer(exchange, store::find, run -> {
            Map<String, @Nullable Object> json = runJson.of(run);
            String runId = run.record().runId();
            CompletionStage<Map<String, @Nullable Object>> shown = CompletableFuture.completedFuture(json);
            if (run.record().state() == RunState.FAILED) {
                shown = put(shown, "error", store.findEnd(runId));
            }
            if (withInput) {
                shown = put(shown, "input", store.findInput(runId));
            }
            return shown.thenApply(whole -> Response.json(HttpResponseStatus.OK, whole));
        });
        return BodySink.IGNORE;
    }

    private static CompletionStage<Map<String, @Nullable Object>> put(
            CompletionStage<Map<String, @Nullable Object>> json,
            String name,
            CompletionStage<Optional<JsonBytes>> value) {
        return json.thenCombine(value, (map, found) -> {
            found.ifPresent(present -> map.put(name, Json.raw(present)));
            return map;
        });
    }

    /** {@code GET …/run/:runId/result}. */
    BodySink result(Exchange exchange) {
        answer(exchange, store::find, run -> {
            RunState state = run.record().state();
            if (!state.isEnd()) {
                return CompletableFuture.completedFuture(Response.of(
                        Problem.of(HttpResponseStatus.CONFLICT, "run-not-ended", "the run has not ended yet")
                                .withMember("state", state.wireName())));
            }
            return store.findEnd(run.record().runId()).thenApply(end -> ended(state, end));
        });
        return BodySink.IGNORE;
    }

    private static Response ended(RunState state, Optional<JsonBytes> end) {
        if (state == RunState.COMPLETED && end.isPresent()) {
            return Response.json(end.get().toByteArray());
        }
        Problem problem = Problem.of(HttpResponseStatus.CONFLICT, "run-ended", "the run ended without a result")
                .withMember("state", state.wireName());
        return Response.of(
                end.map(error -> problem.withMember("error", Json.raw(error))).orElse(problem));
    }

    /** {@code DELETE …/run/:runId}. */
    BodySink cancel(Exchange exchange) {
        answer(
                exchange,
                store::requestCancel,
                state -> CompletableFuture.completedFuture(Response.noContent().with("Run-State", state.wireName())));
        return BodySink.IGNORE;
    }

    private static <T> void answer(
            Exchange exchange,
            Function<String, CompletionStage<Optional<T>>> ask,
            Function<T, CompletionStage<Response>> tell) {
        String runId = exchange.pathParameter(0);
        if (!RunIds.isValid(runId)) {
            exchange.respond(Problem.runNotFound(runId));
            return;
        }
        StoreAnswers.answer(
                exchange,
                ask.apply(runId)
                        .thenCompose(found -> found.map(tell)
                                .orElseGet(() ->
                                        CompletableFuture.completedFuture(Response.of(Problem.runNotFound(runId))))));
    }
}
