package dev.runstream.server.api;

import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.AppendResult.Refusal;
import dev.runstream.core.run.Producers;
import dev.runstream.core.run.RunSpec;
import dev.runstream.server.http.Problem;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Says why an event was refused. */
final class PublishProblems {
    private PublishProblems() {}

    static Problem of(AppendResult.Refused refused) {
        return switch (refused.refusal()) {
            case Refusal.StaleProducer stale ->
                Problem.of(
                        HttpResponseStatus.FORBIDDEN,
                        "stale-producer",
                        "another of this Producer-Id has begun with epoch " + stale.currentEpoch());
            case Refusal.ProducerGap gap ->
                Problem.of(
                        HttpResponseStatus.CONFLICT,
                        "producer-gap",
                        "event " + gap.seq() + " came, but "
                                + refused.expectedSeq().orElse(0) + " is next");
            case Refusal.TooManyProducers _ ->
                Problem.invalidRequest("a run has at most " + Producers.MOST + " producers");
            case Refusal.NotExternal other ->
                Problem.invalidRequest("the agent " + other.agent() + " works on this run; only runs of the agent "
                        + RunSpec.EXTERNAL + " take events from elsewhere");
            case Refusal.Ended _ ->
                Problem.of(HttpResponseStatus.CONFLICT, "run-ended", "the run has ended and takes nothing more")
                        .withMember("state", refused.state().wireName())
                        .withMember("lastEventId", refused.lastEventId().toString());
            case Refusal.Invalid invalid ->
                Problem.of(HttpResponseStatus.UNPROCESSABLE_ENTITY, "invalid-event", invalid.message());
            case Refusal.TooLarge large ->
                Problem.of(
                        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                        "event-too-large",
                        "the data of an event may have " + large.maxBytes()
                                + " bytes as JSON without whitespace; see --max-event");
            case Refusal.NoRoom _ -> Problem.overloaded("no memory is left for this event; send it again");
        };
    }
}
