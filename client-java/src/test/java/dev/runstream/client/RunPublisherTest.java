package dev.runstream.client;

import static dev.runstream.client.ScriptedServer.cutInItsHead;
import static dev.runstream.client.ScriptedServer.json;
import static dev.runstream.client.ScriptedServer.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.runstream.client.ScriptedServer.Request;
import dev.runstream.client.ScriptedServer.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class RunPublisherTest {
    private static final PublishOptions OPTIONS =
            PublishOptions.DEFAULT.producer("p", 3).withLinger(Duration.ofMillis(30));

    private final PublishAuthority authority = new PublishAuthority();

    private static RunstreamClient client(ScriptedServer server) {
        return RunstreamClient.builder(server.base())
                .backoff(new Backoff(Duration.ZERO, Duration.ZERO))
                .build();
    }

    /** A server that has no stream of the run, so that only calls tell of a cancel. */
    private static ScriptedServer serving(Script... scripts) throws IOException {
        return ScriptedServer.serving(scripts).aside("/run/r", problem(404, "", "{\"code\":\"run-not-found\"}"));
    }

    private static String line(String type, String data) {
        return "{\"type\":\"" + type + "\",\"data\":" + data + "}";
    }

    @Test
    void sendsWhatComesTogetherInOneRequestInOrder() throws Exception {
        try (ScriptedServer server = serving(authority.takes(), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS.withLinger(Duration.ofSeconds(20)))) {
            publisher.status(Map.of("message", "begun"));
            publisher.delta(List.of(1, 2));
            publisher.delta("text\n");
            publisher.partial(JsonData.of("{\n\"irr\" : 0.10\r\n}"));
            publisher.flush();
            assertThat(publisher.lastEventId()).contains(EventId.parse("5-5"));
            publisher.complete(7);
            Request request = server.nextRequest();
            assertThat(request.method() + " " + request.path()).isEqualTo("POST /api/agents/run/r/events");
            assertThat(request.header("Content-Type")).isEqualTo("application/x-ndjson");
            assertThat(request.header("Producer-Id")).isEqualTo("p");
            assertThat(request.header("Producer-Epoch")).isEqualTo("3");
            assertThat(request.header("Producer-Seq")).isEqualTo("0");
            assertThat(request.body().lines())
                    .containsExactly(
                            line("status", "{\"message\":\"begun\"}"),
                            line("delta", "[1,2]"),
                            line("delta", "\"text\\n\""),
                            line("partial", "{ \"irr\" : 0.10  }"));
            assertThat(server.nextRequest().header("Producer-Seq")).isEqualTo("4");
        }
    }

    @Test
    void anEventDoesNotWaitLongerThanTheLinger() throws Exception {
        SteppedTime time = new SteppedTime();
        try (ScriptedServer server = serving(authority.takes(), authority.takes());
                RunstreamClient client =
                        RunstreamClient.builder(server.base()).waits(time).build();
                RunPublisher publisher = client.publish("r", OPTIONS)) {
            publisher.delta(1);
            time.awaitWait(Duration.ofMillis(30));
            assertThat(server.requests).isEmpty();
            time.advance(Duration.ofMillis(30));
            assertThat(server.nextRequest().body()).isEqualTo(line("delta", "1") + "\n");
        }
    }

    @Test
    void aRequestHoldsNoMoreThanItsBytesUnlessOneEventDoes() throws Exception {
        try (ScriptedServer server = serving(authority.takes(), authority.takes(), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish(
                        "r", OPTIONS.withLinger(Duration.ofSeconds(20)).withMaxBatchBytes(200))) {
            publisher.delta(1);
            publisher.delta(2);
            publisher.delta("x".repeat(1000));
            publisher.delta(3);
            publisher.flush();
            assertThat(server.nextRequest().body().lines()).hasSize(2);
            assertThat(server.nextRequest().body().lines()).hasSize(1);
            assertThat(server.nextRequest().header("Producer-Seq")).isEqualTo("3");
        }
    }

    @Test
    void whateverIsLostOnTheWayEachEventIsStoredOnceAndInOrder() throws Exception {
        List<Script> scripts = new ArrayList<>();
        for (int lines = 0; lines < 5; lines++) {
            scripts.add(cutInItsHead());
            scripts.add(authority.takesAndDies(lines));
            scripts.add(problem(503, "", "{\"code\":\"store-unavailable\"}"));
            scripts.add(authority.takesAndLosesTheAnswer());
            scripts.add(authority.takes());
        }
        try (ScriptedServer server = serving(scripts.toArray(Script[]::new));
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS.withLinger(Duration.ofSeconds(20)))) {
            List<String> expected = new ArrayList<>();
            for (int batch = 0; batch < 5; batch++) {
                for (int n = 0; n < 5; n++) {
                    publisher.delta(batch * 5 + n);
                    expected.add(line("delta", "" + (batch * 5 + n)));
                }
                publisher.flush();
            }
            assertThat(authority.stored()).isEqualTo(expected);
            assertThat(server.requests).hasSize(scripts.size());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 422, invalid-event", "2, 422, invalid-event", "3, 413, event-too-large"})
    void aRefusedEventIsNamedAndTheOthersAreStored(int line, int status, String code) throws Exception {
        try (ScriptedServer server =
                        serving(authority.refusesLine(line, status, code), authority.takes(), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS.withLinger(Duration.ofSeconds(20)))) {
            List<String> kept = new ArrayList<>();
            for (int n = 1; n <= 3; n++) {
                publisher.delta(n);
                if (n != line) {
                    kept.add(line("delta", "" + n));
                }
            }
            EventRefusedException refusal = catchThrowableOfType(EventRefusedException.class, publisher::flush);
            assertThat(refusal.type()).isEqualTo("delta");
            assertThat(refusal.data().text()).isEqualTo("" + line);
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal).hasMessageContaining("delta event " + line);
            assertThat(authority.stored()).isEqualTo(kept);
            publisher.complete("{}");
            kept.add(line("complete", "\"{}\""));
            assertThat(authority.stored()).as("publishing goes on").isEqualTo(kept);
        }
    }

    @Test
    void aRefusedResultLeavesRoomForAnError() throws Exception {
        try (ScriptedServer server = serving(authority.refusesLine(1, 413, "event-too-large"), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS)) {
            EventRefusedException refusal =
                    catchThrowableOfType(EventRefusedException.class, () -> publisher.complete("big"));
            assertThat(refusal.type()).isEqualTo("complete");
            publisher.error("too-big", "the result does not fit");
            assertThat(authority.stored()).hasSize(1);
            assertThat(authority.stored().getFirst()).contains("\"type\":\"error\"", "\"code\":\"too-big\"");
        }
    }

    @Test
    void afterTheEndNothingIsSentNorTaken() throws Exception {
        try (ScriptedServer server = serving(authority.takes());
                RunstreamClient client = client(server)) {
            try (RunPublisher publisher = client.publish("r", OPTIONS.withCallEvery(Duration.ofMillis(10)))) {
                publisher.complete(1);
                assertThatIllegalStateException().isThrownBy(() -> publisher.delta(2));
                assertThatIllegalStateException().isThrownBy(() -> publisher.error("a", "b"));
                assertThatCode(publisher::flush).doesNotThrowAnyException();
            }
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aClosedPublisherHasSentItsLastBatchAndTakesNoMore() throws Exception {
        try (ScriptedServer server = serving(cutInItsHead(), authority.takes());
                RunstreamClient client = client(server)) {
            RunPublisher publisher = client.publish("r", OPTIONS.withLinger(Duration.ofSeconds(20)));
            try (publisher) {
                publisher.delta(1);
            }
            assertThat(authority.stored()).containsExactly(line("delta", "1"));
            assertThatIllegalStateException().isThrownBy(() -> publisher.delta(2));
        }
    }

    @Test
    void aFullQueueBlocksTheProducerUntilThereIsRoom() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        List<Script> scripts = new ArrayList<>();
        scripts.add(exchange -> {
            ScriptedServer.await(goOn);
            authority.takes().answer(exchange);
        });
        for (int more = 0; more < 20; more++) {
            scripts.add(authority.takes());
        }
        try (ScriptedServer server = serving(scripts.toArray(Script[]::new));
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish(
                        "r",
                        OPTIONS.withLinger(Duration.ZERO).withQueueBytes(1000).withMaxBatchBytes(100))) {
            CompletableFuture<Thread> producer = new CompletableFuture<>();
            CompletableFuture<Void> done = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                producer.complete(Thread.currentThread());
                for (int n = 0; n < 4; n++) {
                    publisher.delta("x".repeat(400));
                }
                done.complete(null);
            });
            server.nextRequest();
            Thread blocked = producer.get();
            while (blocked.getState() != Thread.State.WAITING) {
                assertThat(done).as("two of four fit").isNotDone();
                Thread.onSpinWait();
            }
            goOn.countDown();
            done.get(10, TimeUnit.SECONDS);
            publisher.flush();
            assertThat(authority.stored()).hasSize(4);
        }
    }

    @Test
    void anIdlePublisherStillCallsAndIsToldOfACancel() throws Exception {
        SteppedTime time = new SteppedTime();
        authority.requestCancel();
        try (ScriptedServer server = serving(authority.takes(), authority.takes());
                RunstreamClient client =
                        RunstreamClient.builder(server.base()).waits(time).build();
                RunPublisher publisher = client.publish("r", OPTIONS)) {
            CountDownLatch told = new CountDownLatch(1);
            publisher.onCancel(told::countDown);
            time.awaitWait(Duration.ofSeconds(5));
            assertThat(publisher.cancelRequested()).isFalse();
            time.advance(Duration.ofSeconds(5));
            Request call = server.nextRequest();
            assertThat(call.body()).isEmpty();
            assertThat(call.header("Producer-Seq")).isEqualTo("0");
            assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(publisher.cancelRequested()).isTrue();
            CountDownLatch late = new CountDownLatch(1);
            publisher.onCancel(late::countDown);
            assertThat(late.await(10, TimeUnit.SECONDS))
                    .as("at once, where it is known")
                    .isTrue();
            time.awaitWait(Duration.ofSeconds(5));
            time.advance(Duration.ofSeconds(5));
            server.nextRequest();
        }
    }

    @Test
    void linesThatACancelKeptTheServerFromReadingAreSentAgain() throws Exception {
        try (ScriptedServer server = serving(authority.takesUntilTheCancel(1), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS.withLinger(Duration.ofSeconds(20)))) {
            publisher.delta(1);
            publisher.delta(2);
            publisher.flush();
            assertThat(authority.stored()).containsExactly(line("delta", "1"), line("delta", "2"));
            assertThat(publisher.cancelRequested()).isTrue();
        }
    }

    @Test
    void theWorkerMayEndTheRunFromItsCancelCallback() throws Exception {
        authority.requestCancel();
        try (ScriptedServer server = serving(authority.takes(), authority.takes(), authority.takes());
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS)) {
            CountDownLatch ended = new CountDownLatch(1);
            publisher.onCancel(() -> {
                publisher.error("cancelled", "stopped");
                ended.countDown();
            });
            publisher.delta(1);
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(authority.stored()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "403, stale-producer",
        "409, run-ended",
        "409, producer-gap",
        "404, run-not-found",
        "400, invalid-request"
    })
    void whatWillNotPassEndsThePublisher(int status, String code) throws Exception {
        try (ScriptedServer server = serving(problem(
                        status, "Producer-Expected-Seq: 0\r\n", "{\"code\":\"" + code + "\",\"state\":\"failed\"}"));
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS)) {
            publisher.delta(1);
            RunstreamException first = catchThrowableOfType(RunstreamException.class, publisher::flush);
            assertThat(first.code()).isEqualTo(code);
            assertThat(first.status()).isEqualTo(status);
            assertThatThrownBy(() -> publisher.delta(2)).isInstanceOf(RunstreamException.class);
            assertThatThrownBy(() -> publisher.complete(2)).isInstanceOf(RunstreamException.class);
            assertThat(publisher.cancelRequested()).isFalse();
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aFailureThatNoCallHasToldIsToldByClose() throws Exception {
        try (ScriptedServer server = serving(problem(403, "", "{\"code\":\"stale-producer\"}"));
                RunstreamClient client = client(server)) {
            assertThatThrownBy(() -> {
                        try (RunPublisher publisher = client.publish("r", OPTIONS)) {
                            publisher.delta(1);
                        }
                    })
                    .hasMessageContaining("stale-producer");
        }
    }

    @Test
    void aRunThatWasCancelledMeanwhileIsACancelToTheWorkerToo() throws Exception {
        try (ScriptedServer server = serving(problem(409, "", "{\"code\":\"run-ended\",\"state\":\"cancelled\"}"));
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS)) {
            CountDownLatch told = new CountDownLatch(1);
            publisher.onCancel(told::countDown);
            publisher.delta(1);
            assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(publisher::flush).hasMessageContaining("run-ended");
        }
    }

    @Test
    void anIdleCallThatFindsTheRunEndedEndsThePublisher() throws Exception {
        SteppedTime time = new SteppedTime();
        try (ScriptedServer server =
                        serving(json(200, "{\"lastEventId\":\"5-2\",\"state\":\"failed\",\"cancelRequested\":false}"));
                RunstreamClient client =
                        RunstreamClient.builder(server.base()).waits(time).build();
                RunPublisher publisher = client.publish("r", OPTIONS)) {
            time.awaitWait(Duration.ofSeconds(5));
            time.advance(Duration.ofSeconds(5));
            server.nextRequest();
            assertThatThrownBy(publisher::flush).hasMessageContaining("the run has ended");
        }
    }

    @Test
    void aBlockedProducerIsFreedWhenThePublisherFails() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (ScriptedServer server = serving(exchange -> {
                    ScriptedServer.await(goOn);
                    problem(404, "", "{\"code\":\"run-not-found\"}").answer(exchange);
                });
                RunstreamClient client = client(server);
                RunPublisher publisher =
                        client.publish("r", OPTIONS.withLinger(Duration.ZERO).withQueueBytes(100))) {
            publisher.delta("x".repeat(100));
            server.nextRequest();
            CompletableFuture<Throwable> freed = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(RunstreamException.class, () -> publisher.delta("x".repeat(100))));
            goOn.countDown();
            assertThat(freed.get(10, TimeUnit.SECONDS)).hasMessageContaining("run-not-found");
        }
    }

    @Test
    void givesUpOnceTheServerIsAwayForTooLong() throws IOException {
        try (ScriptedServer server = serving(cutInItsHead());
                RunstreamClient client = RunstreamClient.builder(server.base())
                        .backoff(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                        .build();
                RunPublisher publisher = client.publish("r", OPTIONS.withGiveUpAfter(Duration.ofMillis(100)))) {
            publisher.delta(1);
            RunstreamException failure = catchThrowableOfType(RunstreamException.class, publisher::flush);
            assertThat(failure.code()).isEqualTo("unreachable");
        }
    }

    @Test
    void aStatusOrErrorMustBeAnObjectAndDataMustBeJson() throws IOException {
        try (ScriptedServer server = serving();
                RunstreamClient client = client(server);
                RunPublisher publisher = client.publish("r", OPTIONS)) {
            assertThatIllegalArgumentException().isThrownBy(() -> publisher.status("text"));
            assertThatIllegalArgumentException().isThrownBy(() -> publisher.error(List.of()));
            assertThatIllegalArgumentException().isThrownBy(() -> publisher.delta(new Object()));
            assertThatIllegalArgumentException().isThrownBy(() -> publisher.delta(Double.NaN));
            assertThatIllegalArgumentException().isThrownBy(() -> publisher.complete(Map.of("irr", Float.NaN)));
        }
    }
}
