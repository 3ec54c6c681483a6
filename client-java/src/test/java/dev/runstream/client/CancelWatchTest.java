package dev.runstream.client;

import static dev.runstream.client.Frame.event;
import static dev.runstream.client.Frame.first;
import static dev.runstream.client.ScriptedServer.STREAM_HEAD;
import static dev.runstream.client.ScriptedServer.json;
import static dev.runstream.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.ScriptedServer.Request;
import dev.runstream.client.ScriptedServer.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a cancel reaches a publisher that has nothing to say for a long time. */
@Timeout(30)
class CancelWatchTest {
    private static final PublishOptions SELDOM =
            PublishOptions.DEFAULT.producer("p", 0).withCallEvery(Duration.ofHours(1));
    private static final String RUN = "{\"runId\":\"r\",\"agent\":\"external\",\"state\":\"%s\","
            + "\"createdAt\":\"2026-01-31T12:00:00Z\",\"firstEventId\":\"5-1\",\"lastEventId\":\"5-7\"%s}";
    private static final String CANCELLING = "{\"state\":\"cancelling\"}";

    private final PublishAuthority authority = new PublishAuthority();
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);
    private final BlockingQueue<Request> streams = new LinkedBlockingQueue<>();

    private static RunstreamClient client(ScriptedServer server) {
        return RunstreamClient.builder(server.base())
                .backoff(new Backoff(Duration.ZERO, Duration.ZERO))
                .build();
    }

    private static ScriptedServer serving(Script run, Script stream, Script... calls) throws IOException {
        return ScriptedServer.serving(calls).aside("/run/r", run).aside("/stream/r", stream);
    }

    private static Script run(String state) {
        return json(200, RUN.formatted(state, ""));
    }

    /** A stream that says the rest once it is to go on, and stays open. */
    private Script stream(String... rest) {
        return exchange -> {
            streams.add(exchange.request());
            exchange.send(STREAM_HEAD);
            exchange.chunk(first("resumed"));
            opened.countDown();
            if (rest.length > 0) {
                ScriptedServer.await(goOn);
                exchange.chunk(String.join("", rest));
            }
            exchange.awaitClosed();
            gone.countDown();
        };
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tellsOfACancelByTheStreamFromWhereTheRunStands() throws Exception {
        try (ScriptedServer server = serving(
                        run("running"),
                        stream(
                                event("5-8", "delta", "\"" + "x".repeat(10_000) + "\""),
                                event("5-9", "status", "{\"message\":\"still at it\",\"state\":\"running\"}"),
                                event("5-10", "status", CANCELLING)));
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", SELDOM)) {
            publisher.onCancel(told::countDown);
            await(opened);
            assertThat(publisher.cancelRequested()).isFalse();
            goOn.countDown();
            await(told);
            assertThat(publisher.cancelRequested()).isTrue();
            await(gone);
            assertThat(streams.remove().header("Last-Event-ID")).isEqualTo("5-7");
            assertThat(server.requests).as("no call was needed").isEmpty();
        }
    }

    @Test
    void followsAsSoonAsSomebodyAsksOnce() throws Exception {
        try (ScriptedServer server = serving(run("running"), stream());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", SELDOM)) {
            assertThat(publisher.cancelRequested()).isFalse();
            await(opened);
            assertThat(publisher.cancelRequested()).isFalse();
            publisher.onCancel(told::countDown);
            assertThat(streams).hasSize(1);
        }
        await(gone);
    }

    @Test
    void doesNotFollowWhereNobodyWantsToKnow() throws Exception {
        try (ScriptedServer server = serving(run("running"), stream(), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", SELDOM)) {
            publisher.complete(1);
            assertThat(streams).isEmpty();
        }
    }

    @Test
    void aCancelThatCameBeforeIsToldByTheRunItself() throws Exception {
        try (ScriptedServer server = serving(run("cancelling"), stream());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", SELDOM)) {
            publisher.onCancel(told::countDown);
            await(told);
            assertThat(streams).isEmpty();
        }
    }

    @Test
    void aCancelBetweenTheLookAndTheStreamIsToldByItsFirstFrame() throws Exception {
        Script late = exchange -> {
            exchange.send(STREAM_HEAD);
            exchange.chunk(first("resumed").replace("running", "cancelling"));
            exchange.awaitClosed();
        };
        try (ScriptedServer server = serving(run("running"), late);
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", SELDOM)) {
            publisher.onCancel(told::countDown);
            await(told);
        }
    }

    @Test
    void closingThePublisherClosesTheStream() throws Exception {
        try (ScriptedServer server = serving(run("running"), stream());
                RunstreamClient client = client(server)) {
            try (RunPublisher publisher = client.publish("r", SELDOM)) {
                publisher.onCancel(told::countDown);
                await(opened);
            }
            await(gone);
            assertThat(told.getCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "run"})
    void whereThereIsNoStreamTheNextCallTells(String missing) throws Exception {
        Script refusal = problem(404, "", "{\"code\":\"run-not-found\"}");
        Script asked = exchange -> {
            opened.countDown();
            refusal.answer(exchange);
        };
        try (ScriptedServer server = serving(
                        missing.equals("run") ? asked : run("running"), asked, authority.takes(), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", SELDOM.withCallEvery(Duration.ofSeconds(1)))) {
            publisher.onCancel(told::countDown);
            await(opened);
            authority.requestCancel();
            await(told);
        }
    }

    @Test
    void doesNotCountAsAReaderOfARunThatIsCancelledByLeaving() throws Exception {
        Script run = exchange -> {
            json(200, RUN.formatted("running", ",\"onDisconnect\":\"cancel\"")).answer(exchange);
            opened.countDown();
        };
        try (ScriptedServer server = serving(run, stream(), authority.takes(), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", SELDOM.withCallEvery(Duration.ofSeconds(1)))) {
            publisher.onCancel(told::countDown);
            await(opened);
            authority.requestCancel();
            await(told);
            assertThat(streams).isEmpty();
        }
    }

    @Test
    void linesThatACancelKeptTheServerFromReadingAreSentAgainAlsoWhereTheStreamToldOfItFirst() throws Exception {
        Script cutShort = exchange -> {
            goOn.countDown();
            ScriptedServer.await(told);
            authority.takesUntilTheCancel(1).answer(exchange);
        };
        try (ScriptedServer server = serving(
                        run("running"), stream(event("5-8", "status", CANCELLING)), cutShort, authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", SELDOM.withLinger(Duration.ofSeconds(20)))) {
            publisher.onCancel(told::countDown);
            await(opened);
            publisher.delta(1);
            publisher.delta(2);
            publisher.flush();
            assertThat(authority.stored()).hasSize(2);
        }
    }
}
