package dev.runstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a publisher's events, one request at a time, on a thread of its own.
 *
 * <p>Each event has a number, its Producer-Seq, and the request carries the first one's. So a request whose answer
 * was lost is simply sent again: the server skips what it has. A number is spent when the server stores its event;
 * a refused event spends none, and the one behind it takes it.
 */
final class PublishSender implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(PublishSender.class);

    // immutable
    private final ClientSetup setup;
    private final Calls calls;
    private final String path;
    private final PublishOptions options;
    private final String producerId;
    // shared: safe by itself
    private final PublishState state;
    // the sending thread only
    private final PublishBatch.Gatherer gatherer;
    private long nextSeq;
    private long calledAtNanos;
    private boolean cancelAnswered;
    private boolean ended;

    PublishSender(ClientSetup setup, String runId, PublishOptions options, PublishState state) {
        this.setup = setup;
        this.calls = new Calls(setup);
        this.path = "/run/" + runId + "/events";
        this.options = options;
        this.producerId = options.producerId().orElseGet(() -> UUID.randomUUID().toString());
        this.state = state;
        this.gatherer = new PublishBatch.Gatherer(state, options, setup.waits());
        this.calledAtNanos = setup.waits().nanos();
    }

    @Override
    public void run() {
        try {
            PublishBatch batch;
            do {
                batch = gatherer.next(untilNextCall());
                if (!batch.events().isEmpty() || batch.isIdle()) {
                    deliver(batch);
                }
                batch.settleFlush();
            } while (!ended && !batch.isLast());
        } catch (RunstreamException failure) {
            log.debug("{}: publishing failed", path, failure);
            state.fail(failure);
        } catch (InterruptedException abandoned) {
            state.fail(RunstreamException.interrupted(abandoned));
        } catch (RuntimeException | Error fault) {
            log.error("{}: publishing failed", path, fault);
            state.fail(RunstreamException.invalidAnswer("publishing failed: " + fault, fault));
        } finally {
            state.room.release(Integer.MAX_VALUE / 2);
            state.stopped.complete(null);
        }
    }

    private Duration untilNextCall() {
        long left =
                calledAtNanos + options.callEvery().toNanos() - setup.waits().nanos();
        return Duration.ofNanos(Math.max(0, left));
    }

    private void deliver(PublishBatch batch) throws InterruptedException {
        List<Outgoing.Event> rest = batch.events();
        boolean repeated = false;
        do {
            Answer answer = send(rest);
            if (!answer.isSuccess()) {
                rest = refused(rest, answer);
                continue;
            }
            boolean cutShort = heed(answer, rest);
            if (cutShort
                    && !repeated
                    && !rest.isEmpty()
                    && answer.number("Producer-Expected-Seq").isEmpty()) {
                // A cancel, or the end, stops the server reading: only a repeat shows that it has every line.
                repeated = true;
            } else {
                rest = settle(rest, stored(rest, answer));
            }
        } while (!rest.isEmpty() && !ended);
    }

    /** Takes what the answer says of the run; true where that may have kept the server from reading every line. */
    private boolean heed(Answer answer, List<Outgoing.Event> sent) {
        JsonNode body = answer.json();
        Json.text(body, "lastEventId", EventId::tryParse).ifPresent(state::stored);
        boolean over = Json.text(body, "state", RunState::tryParse)
                        .filter(RunState::isEnd)
                        .isPresent()
                && !PublishBatch.endsInTerminal(sent);
        // The stream may have told of it before; whether lines were left unread only the first answer to say so shows.
        boolean cancelled = body.path("cancelRequested").asBoolean() && !cancelAnswered;
        if (cancelled) {
            cancelAnswered = true;
            state.tellCancel();
        }
        if (over && sent.isEmpty()) {
            throw new RunstreamException(
                    "run-ended", answer.status(), "the run has ended", null, List.of(), body, null);
        }
        return cancelled || over;
    }

    private int stored(List<Outgoing.Event> sent, Answer answer) {
        return answer.number("Producer-Expected-Seq")
                .filter(expected -> expected >= nextSeq && expected <= nextSeq + sent.size())
                .map(expected -> (int) (expected - nextSeq))
                .orElse(sent.size());
    }

    /** Settles the first {@code count} events as stored, and returns the others. */
    private List<Outgoing.Event> settle(List<Outgoing.Event> sent, int count) {
        List<Outgoing.Event> stored = sent.subList(0, count);
        ended |= PublishBatch.endsInTerminal(stored);
        nextSeq += count;
        for (Outgoing.Event event : stored) {
            state.room.release(event.cost());
            event.settled().complete(null);
        }
        return sent.subList(count, sent.size());
    }

    private List<Outgoing.Event> refused(List<Outgoing.Event> sent, Answer answer) {
        RunstreamException refusal = calls.refusal(answer);
        Optional<Long> expected = answer.number("Producer-Expected-Seq");
        switch (answer.status()) {
            case 413, 422 -> {
                int index = refusedIndex(sent, refusal, expected);
                if (index >= 0) {
                    List<Outgoing.Event> rest = settle(sent, index);
                    drop(rest.getFirst(), refusal);
                    return rest.subList(1, rest.size());
                }
            }
            case 409 -> {
                boolean inThisBatch =
                        expected.isPresent() && expected.get() > nextSeq && expected.get() < nextSeq + sent.size();
                if (refusal.code().equals("producer-gap") && inThisBatch) {
                    return settle(sent, (int) (expected.get() - nextSeq));
                }
                if (Json.text(refusal.problem(), "state").orElse("").equals("cancelled")) {
                    state.tellCancel();
                }
            }
            default -> {}
        }
        throw refusal;
    }

    private int refusedIndex(List<Outgoing.Event> sent, RunstreamException refusal, Optional<Long> expected) {
        long index = refusal.problem().path("line").asLong(0) - 1;
        if (index < 0) {
            index = expected.map(next -> next - nextSeq).orElse(sent.size() == 1 ? 0L : -1L);
        }
        return index >= 0 && index < sent.size() ? (int) index : -1;
    }

    private void drop(Outgoing.Event event, RunstreamException refusal) {
        EventRefusedException named =
                new EventRefusedException(refusal, event.type(), new JsonData(event.data(), setup.json()));
        state.room.release(event.cost());
        if (event.isTerminal()) {
            event.settled().completeExceptionally(named);
        } else {
            state.refuse(named);
        }
    }

    /** Sends until there is an answer that will not change by itself. */
    private Answer send(List<Outgoing.Event> events) throws InterruptedException {
        long giveUpAt = setup.waits().nanos() + options.giveUpAfter().toNanos();
        for (int failures = 1; ; failures++) {
            RunstreamException failure;
            try {
                Answer answer = calls.once(request(events));
                if (!Problems.mayPass(answer.status())) {
                    calledAtNanos = setup.waits().nanos();
                    return answer;
                }
                failure = calls.refusal(answer);
            } catch (IOException noAnswer) {
                failure = calls.unreachable(noAnswer);
            }
            Duration wait = setup.backoff().after(failures, failure.retryAfter().orElse(Duration.ZERO), setup.random());
            if (setup.waits().nanos() + wait.toNanos() - giveUpAt > 0) {
                throw failure;
            }
            log.debug("{}: {}; again in {} ms", path, failure.getMessage(), wait.toMillis());
            setup.waits().sleep(wait);
        }
    }

    private HttpRequest request(List<Outgoing.Event> events) {
        return setup.request(path)
                .setHeader("Content-Type", "application/x-ndjson")
                .setHeader("Producer-Id", producerId)
                .setHeader("Producer-Epoch", Long.toString(options.producerEpoch()))
                .setHeader("Producer-Seq", Long.toString(nextSeq))
                .POST(BodyPublishers.ofByteArray(PublishBatch.ndjson(events)))
                .build();
    }
}
