package dev.runstream.client;

import static dev.runstream.client.Frame.complete;
import static dev.runstream.client.Frame.delta;
import static dev.runstream.client.Frame.event;
import static dev.runstream.client.Frame.first;
import static dev.runstream.client.Frame.notice;
import static dev.runstream.client.ScriptedServer.LAST_CHUNK;
import static dev.runstream.client.ScriptedServer.STREAM_HEAD;
import static dev.runstream.client.ScriptedServer.cutInItsHead;
import static dev.runstream.client.ScriptedServer.noContent;
import static dev.runstream.client.ScriptedServer.problem;
import static dev.runstream.client.ScriptedServer.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.runstream.client.ScriptedServer.Request;
import dev.runstream.client.ScriptedServer.Script;
import dev.runstream.client.StreamItem.Closing;
import dev.runstream.client.StreamItem.Disconnected;
import dev.runstream.client.StreamItem.Gap;
import dev.runstream.client.StreamItem.Opened;
import dev.runstream.client.StreamItem.Oversized;
import dev.runstream.client.StreamItem.Reset;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RunStreamTest {
    private static final Backoff NO_WAIT = new Backoff(Duration.ZERO, Duration.ZERO);

    private static RunstreamClient client(ScriptedServer server) {
        return RunstreamClient.builder(server.base()).backoff(NO_WAIT).build();
    }

    private static List<StreamItem> followToTheEnd(FollowOptions options, Script... scripts) throws IOException {
        try (ScriptedServer server = ScriptedServer.serving(scripts);
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r", options)) {
            List<StreamItem> items = new ArrayList<>();
            stream.forEach(items::add);
            assertThat(server.requests).as("every script was asked for").hasSize(scripts.length);
            return items;
        }
    }

    private static List<StreamItem> followToTheEnd(Script... scripts) throws IOException {
        return followToTheEnd(FollowOptions.DEFAULT, scripts);
    }

    private static void closeNow(RunStream stream) {
        stream.close();
    }

    private static void closeNow(RunstreamClient client) {
        client.close();
    }

    private static List<String> ids(List<StreamItem> items) {
        return items.stream()
                .filter(StreamEvent.class::isInstance)
                .map(item -> ((StreamEvent) item).id().toString())
                .toList();
    }

    private static <T> List<T> only(Class<T> type, List<StreamItem> items) {
        return items.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static Gap gap(String from, String to, boolean told) {
        return new Gap(EventId.parse(from), EventId.parse(to), told);
    }

    @Test
    void yieldsTheFirstFrameThenEachEventToTheTerminalOne() throws IOException {
        List<StreamItem> items = followToTheEnd(stream(
                first("start", "\"firstEventId\":\"5-1\",\"lastEventId\":\"5-3\""),
                event("5-1", "status", "{\"state\":\"running\"}"),
                event("5-2", "delta", "{\"n\":1.50}"),
                complete("5-3"),
                delta("5-4")));
        assertThat(ids(items)).containsExactly("5-1", "5-2", "5-3");
        FirstFrame frame = ((Opened) items.getFirst()).frame();
        assertThat(frame.state()).contains(RunState.RUNNING);
        assertThat(frame.resume()).isEqualTo("start");
        assertThat(frame.attempt()).isEqualTo(1);
        assertThat(frame.firstEventId()).contains(EventId.parse("5-1"));
        assertThat(frame.lastEventId()).contains(EventId.parse("5-3"));
        StreamEvent event = (StreamEvent) items.get(2);
        assertThat(event.event()).isEqualTo("delta");
        assertThat(event.data().text()).isEqualTo("{\"n\":1.50}");
        assertThat(event.data().tree().path("n").decimalValue()).isEqualTo("1.50");
        assertThat(((StreamEvent) items.getLast()).isTerminal()).isTrue();
    }

    @Test
    void resumesAfterTheLastSeenEvent() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(
                        stream(first("start"), delta("5-1"), delta("5-2")),
                        stream(first("resumed"), notice("{\"state\":\"running\"}")),
                        stream(first("resumed"), delta("5-3"), complete("5-4")));
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            List<StreamItem> items = new ArrayList<>();
            stream.forEach(items::add);
            assertThat(ids(items)).containsExactly("5-1", "5-2", "5-3", "5-4");
            Request fresh = server.nextRequest();
            assertThat(fresh.path()).isEqualTo("/api/agents/stream/r");
            assertThat(fresh.header("Accept")).isEqualTo("text/event-stream");
            assertThat(fresh.headers()).doesNotContainKey("Last-Event-ID").doesNotContainKey("Upgrade");
            assertThat(server.nextRequest().header("Last-Event-ID")).isEqualTo("5-2");
            assertThat(server.nextRequest().header("Last-Event-ID"))
                    .as("frames without an id move nothing")
                    .isEqualTo("5-2");
            assertThat(stream.position()).contains(EventId.parse("5-4"));
        }
    }

    @Test
    void beginsAfterAGivenEventAndSendsTheClientsHeaders() throws Exception {
        try (ScriptedServer server = ScriptedServer.serving(stream(first("resumed"), complete("5-8")));
                RunstreamClient client = RunstreamClient.builder(server.base())
                        .header("Authorization", "Bearer x")
                        .build();
                RunStream stream = client.follow("r", FollowOptions.DEFAULT.after(EventId.parse("5-7")))) {
            assertThat(stream.position()).contains(EventId.parse("5-7"));
            stream.forEach(item -> {});
            Request request = server.nextRequest();
            assertThat(request.header("Last-Event-ID")).isEqualTo("5-7");
            assertThat(request.header("Authorization")).isEqualTo("Bearer x");
        }
    }

    @Test
    void thePositionIsWhatWasYieldedNotWhatWasRead() throws IOException {
        try (ScriptedServer server = ScriptedServer.serving(stream(first("start"), delta("5-1"), complete("5-2")));
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            Iterator<StreamItem> walk = stream.iterator();
            walk.next();
            assertThat(stream.position()).isEmpty();
            walk.next();
            assertThat(stream.position()).contains(EventId.parse("5-1"));
            assertThat(stream.iterator()).as("there is one walk").isSameAs(walk);
        }
    }

    @Test
    void noContentIsTheEnd() throws IOException {
        assertThat(followToTheEnd(FollowOptions.DEFAULT.after(EventId.parse("5-7")), noContent()))
                .isEmpty();
    }

    @Test
    void aRepeatedEventIsDroppedHoweverItsIdSortsAsText() throws IOException {
        List<StreamItem> items = followToTheEnd(
                stream(first("start"), delta("5-1"), delta("5-1"), deltas(2, 10)),
                stream(first("start"), deltas(1, 10), delta("4-11"), delta("5-11"), complete("5-12")));
        assertThat(ids(items))
                .containsExactly("5-1", "5-2", "5-3", "5-4", "5-5", "5-6", "5-7", "5-8", "5-9", "5-10", "5-11", "5-12");
    }

    private static String deltas(int from, int to) {
        StringBuilder frames = new StringBuilder();
        for (int seq = from; seq <= to; seq++) {
            frames.append(delta("5-" + seq));
        }
        return frames.toString();
    }

    @Test
    void aTruncatedLastEventIsNeitherYieldedNorPassed() throws Exception {
        String cut = "id: 5-2\nevent: delta\ndata: {}\n";
        try (ScriptedServer server = ScriptedServer.serving(
                        stream(first("start"), delta("5-1"), cut),
                        stream(first("resumed"), delta("5-2"), complete("5-3")));
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            List<StreamItem> items = new ArrayList<>();
            stream.forEach(items::add);
            assertThat(ids(items)).containsExactly("5-1", "5-2", "5-3");
            server.nextRequest();
            assertThat(server.nextRequest().header("Last-Event-ID")).isEqualTo("5-1");
        }
    }

    @Test
    void gapsAreYieldedWhereTheyStandAndOnce() throws IOException {
        String early = "\"gap\":{\"from\":\"5-1\",\"to\":\"5-3\"}";
        List<StreamItem> items = followToTheEnd(
                stream(first("start", early)),
                stream(
                        first("start", early),
                        event("5-4", "partial", "1"),
                        notice("{\"state\":\"running\",\"attempt\":2,\"gap\":{\"from\":\"5-5\",\"to\":\"5-9\"}}"),
                        complete("5-10")));
        items.removeIf(item -> item instanceof Opened || item instanceof Disconnected);
        assertThat(items).hasSize(4);
        assertThat(items.get(0)).isEqualTo(gap("5-1", "5-3", true));
        assertThat(items.get(2)).isEqualTo(gap("5-5", "5-9", true));
        assertThat(ids(items)).containsExactly("5-4", "5-10");
    }

    @Test
    void aHoleThatNobodyToldOfIsAskedForAgainThenYieldedAsAGap() throws IOException {
        List<StreamItem> mended = followToTheEnd(
                stream(first("start"), delta("5-1"), delta("5-3")),
                stream(first("resumed"), delta("5-2"), complete("5-3")));
        assertThat(ids(mended)).containsExactly("5-1", "5-2", "5-3");
        assertThat(only(Gap.class, mended)).isEmpty();

        List<StreamItem> lost = followToTheEnd(
                stream(first("start"), delta("5-2")), stream(first("start"), delta("5-2"), complete("5-3")));
        assertThat(ids(lost)).containsExactly("5-2", "5-3");
        assertThat(only(Gap.class, lost)).containsExactly(gap("5-1", "5-1", false));
    }

    @Test
    void aResetTellsTheConsumerBeforeTheEventsBeginAgain() throws IOException {
        List<StreamItem> items = followToTheEnd(
                stream(first("start"), delta("5-1"), delta("5-2"), notice("{\"closing\":\"reset\"}")),
                stream(first("reset"), delta("6-1"), complete("6-2")));
        assertThat(only(Closing.class, items)).containsExactly(new Closing(Closing.Why.RESET));
        items.removeIf(item -> !(item instanceof StreamEvent || item instanceof Reset));
        assertThat(items.get(2)).isEqualTo(new Reset());
        assertThat(ids(items)).containsExactly("5-1", "5-2", "6-1", "6-2");
    }

    @Test
    void aResetOfTheSameLogMayYieldItsIdsAgain() throws IOException {
        List<StreamItem> items = followToTheEnd(
                FollowOptions.DEFAULT.after(EventId.parse("5-9")),
                stream(first("reset"), delta("5-1"), complete("5-2")));
        assertThat(only(Reset.class, items)).hasSize(1);
        assertThat(ids(items)).containsExactly("5-1", "5-2");
    }

    @Test
    void eachClosingIsYieldedAndFollowingGoesOn() throws IOException {
        List<StreamItem> items = followToTheEnd(
                stream(first("start"), delta("5-1"), notice("{\"state\":\"running\",\"closing\":\"idle\"}")),
                stream(first("resumed"), "retry: 1\n" + notice("{\"state\":\"running\",\"closing\":\"drain\"}")),
                stream("retry: 2\n" + notice("{\"closing\":\"busy\"}")),
                stream(notice("{\"closing\":\"maintenance\"}")),
                stream(first("resumed"), complete("5-2")));
        assertThat(only(Closing.class, items))
                .extracting(Closing::why)
                .containsExactly(Closing.Why.IDLE, Closing.Why.DRAIN, Closing.Why.BUSY, Closing.Why.OTHER);
        assertThat(ids(items)).containsExactly("5-1", "5-2");
    }

    @Test
    void anOversizedEventIsPassedOverYieldedAsSuchAndNeverAskedForAgain() throws Exception {
        String big = event("5-2", "partial", "\"" + "x".repeat(5000) + "\"");
        try (ScriptedServer server = ScriptedServer.serving(
                        stream(first("start"), delta("5-1"), big), stream(first("resumed"), complete("5-3")));
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r", FollowOptions.DEFAULT.withMaxEventBytes(1000))) {
            List<StreamItem> items = new ArrayList<>();
            stream.forEach(items::add);
            assertThat(only(Oversized.class, items))
                    .containsExactly(new Oversized(EventId.parse("5-2"), "partial", big.length() - 4));
            server.nextRequest();
            assertThat(server.nextRequest().header("Last-Event-ID")).isEqualTo("5-2");
            assertThat(ids(items)).containsExactly("5-1", "5-3");
        }
    }

    @Test
    void anOversizedTerminalEventIsTheEndToo() throws IOException {
        List<StreamItem> items = followToTheEnd(
                FollowOptions.DEFAULT.withMaxEventBytes(1000),
                stream(first("start"), event("5-1", "complete", "\"" + "x".repeat(5000) + "\"")));
        assertThat(only(Oversized.class, items)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void whatMayPassIsTriedAgain(int status) throws IOException {
        List<StreamItem> items = followToTheEnd(
                problem(status, "Connection: close\r\n", "{\"code\":\"overloaded\",\"detail\":\"full\"}"),
                stream(first("start"), complete("5-1")));
        assertThat(((Disconnected) items.getFirst()).cause()).isEqualTo(status + " overloaded: full");
        assertThat(ids(items)).containsExactly("5-1");
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 401, 403, 404, 406, 410, 422})
    void whatWillNotPassIsFatal(int status) throws IOException {
        try (ScriptedServer server = ScriptedServer.serving(
                        problem(status, "", "{\"code\":\"c\",\"errors\":[{\"field\":\"a.b\",\"message\":\"m\"}]}"));
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            Iterator<StreamItem> walk = stream.iterator();
            RunstreamException refusal = catchThrowableOfType(RunstreamException.class, walk::next);
            assertThat(refusal.status()).isEqualTo(status);
            assertThat(refusal.code()).isEqualTo("c");
            assertThat(refusal.errors()).containsExactly(new FieldError("a.b", "m"));
            assertThat(walk.hasNext()).isFalse();
        }
    }

    @Test
    void anAnswerThatIsNoEventStreamIsFatal() throws IOException {
        try (ScriptedServer server = ScriptedServer.serving(
                        ScriptedServer.answer(200, "Content-Type: text/html\r\n", "<p>"),
                        stream(first("start"), event("abc", "delta", "1")));
                RunstreamClient client = client(server);
                RunStream page = client.follow("r");
                RunStream otherIds = client.follow("r")) {
            assertThatThrownBy(() -> page.forEach(item -> {})).hasMessageContaining("text/html");
            assertThatThrownBy(() -> otherIds.forEach(item -> {})).hasMessageContaining("abc");
        }
    }

    @Test
    void givesUpAfterSoManyFailuresInARow() throws IOException {
        try (ScriptedServer server = ScriptedServer.serving(
                        cutInItsHead(), stream(first("start"), delta("5-1")), cutInItsHead(), cutInItsHead());
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r", FollowOptions.DEFAULT.withMaxFailures(3))) {
            List<StreamItem> items = new ArrayList<>();
            RunstreamException failure =
                    catchThrowableOfType(RunstreamException.class, () -> stream.forEach(items::add));
            assertThat(failure.code()).isEqualTo("unreachable");
            assertThat(only(Disconnected.class, items))
                    .extracting(Disconnected::failures)
                    .as("an event proves a connection stable")
                    .containsExactly(1, 1, 2);
        }
    }

    @Test
    void waitsLongerAfterEachFailureAndNeverLessThanTheServerAsks() throws Exception {
        SteppedTime time = new SteppedTime();
        try (ScriptedServer server = ScriptedServer.serving(
                        cutInItsHead(),
                        cutInItsHead(),
                        problem(503, "Retry-After: 40\r\n", "{}"),
                        problem(503, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "{}"),
                        stream(first("start").replace("retry: 0", "retry: 20000")),
                        cutInItsHead(),
                        stream(first("start"), delta("5-1")),
                        stream(first("resumed"), complete("5-2")));
                RunstreamClient client = RunstreamClient.builder(server.base())
                        .backoff(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)))
                        .random(() -> 0L)
                        .clock(InstantSource.fixed(Instant.parse("1994-11-06T08:48:37Z")))
                        .waits(time)
                        .build();
                RunStream stream = client.follow("r")) {
            List<Long> waits = new ArrayList<>();
            for (StreamItem item : stream) {
                if (item instanceof Disconnected gone) {
                    waits.add(gone.retryIn().toMillis());
                    time.advance(gone.retryIn());
                }
            }
            assertThat(waits).containsExactly(500L, 1000L, 40_000L, 60_000L, 20_000L, 20_000L, 500L);
        }
    }

    @Test
    void aConnectionThatLivedAWhileWasNoFailure() throws Exception {
        SteppedTime time = new SteppedTime();
        CountDownLatch opened = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.serving(
                        cutInItsHead(),
                        exchange -> {
                            exchange.send(STREAM_HEAD);
                            exchange.chunk(first("start"));
                            ScriptedServer.await(opened);
                            time.advance(Duration.ofSeconds(31));
                            exchange.cut();
                        },
                        stream(first("start"), complete("5-1")));
                RunstreamClient client = RunstreamClient.builder(server.base())
                        .backoff(NO_WAIT)
                        .waits(time)
                        .build();
                RunStream stream = client.follow("r")) {
            List<StreamItem> items = new ArrayList<>();
            for (StreamItem item : stream) {
                items.add(item);
                if (item instanceof Opened) {
                    opened.countDown();
                }
            }
            assertThat(only(Disconnected.class, items))
                    .extracting(Disconnected::failures)
                    .containsExactly(1, 1);
        }
    }

    @Test
    void aSilentConnectionIsGivenUpButACommentKeepsIt() throws Exception {
        SteppedTime time = new SteppedTime();
        CountDownLatch commentNow = new CountDownLatch(1);
        CountDownLatch clientClosed = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.serving(
                        exchange -> {
                            exchange.send(STREAM_HEAD);
                            exchange.chunk(first("start"));
                            ScriptedServer.await(commentNow);
                            exchange.chunk(":keepalive\n\n");
                            exchange.awaitClosed();
                            clientClosed.countDown();
                        },
                        stream(first("start"), complete("5-1")));
                RunstreamClient client = RunstreamClient.builder(server.base())
                        .backoff(NO_WAIT)
                        .waits(time)
                        .build();
                RunStream stream = client.follow("r")) {
            Iterator<StreamItem> walk = stream.iterator();
            assertThat(walk.next()).isInstanceOf(Opened.class);
            CompletableFuture<StreamItem> next = CompletableFuture.supplyAsync(walk::next);
            Duration quiet = Duration.ofSeconds(60);
            time.awaitWait(quiet);
            time.awaitWait(quiet);
            time.awaitWait(quiet);
            time.advance(Duration.ofSeconds(59));
            commentNow.countDown();
            time.awaitWait(quiet);
            time.advance(Duration.ofSeconds(59));
            assertThat(server.requests).as("118 s after the first frame").hasSize(1);
            assertThat(next).isNotDone();
            time.advance(Duration.ofSeconds(1));
            assertThat(next.get(10, TimeUnit.SECONDS))
                    .isEqualTo(new Disconnected("no byte for 60000 ms", 1, Duration.ZERO));
            assertThat(clientClosed.await(10, TimeUnit.SECONDS))
                    .as("the silent connection is closed")
                    .isTrue();
            assertThat(walk.next()).isInstanceOf(Opened.class);
        }
    }

    @Test
    void tellsInWordsThatAConnectionWasCutWhereverThatWas() throws IOException {
        List<StreamItem> items = followToTheEnd(
                cutInItsHead(),
                exchange -> {
                    exchange.send(STREAM_HEAD + "40\r\nretry: 0\n");
                    exchange.cut();
                },
                exchange -> {
                    exchange.send(STREAM_HEAD);
                    exchange.chunk(first("start"));
                    exchange.cut();
                },
                exchange -> {
                    exchange.send(STREAM_HEAD);
                    exchange.chunk(first("start"));
                    exchange.reset();
                },
                stream(first("start"), complete("5-1")));
        assertThat(only(Disconnected.class, items))
                .hasSize(4)
                .allSatisfy(gone -> assertThat(gone.cause()).isEqualTo("the connection was cut"));
    }

    @Test
    void anAnswerThatDoesNotComeIsGivenUpToo() throws IOException {
        List<StreamItem> items = followToTheEnd(
                FollowOptions.DEFAULT.withQuietTimeout(Duration.ofMillis(300)),
                ScriptedServer.Exchange::awaitClosed,
                stream(first("start"), complete("5-1")));
        assertThat(((Disconnected) items.getFirst()).cause()).isEqualTo("no byte for 300 ms");
        assertThat(ids(items)).containsExactly("5-1");
    }

    @Test
    void closingFromAnotherThreadEndsTheWalkAndReleasesTheConnection() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.serving(exchange -> {
                    exchange.send(STREAM_HEAD);
                    exchange.chunk(first("start"));
                    exchange.awaitClosed();
                    released.countDown();
                });
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            Iterator<StreamItem> walk = stream.iterator();
            walk.next();
            CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(walk::hasNext);
            closeNow(stream);
            assertThat(more.get(10, TimeUnit.SECONDS)).isFalse();
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closingBeforeTheAnswerReleasesTheConnectionToo() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.serving(exchange -> {
                    exchange.awaitClosed();
                    released.countDown();
                });
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            CompletableFuture<Boolean> more =
                    CompletableFuture.supplyAsync(() -> stream.iterator().hasNext());
            server.nextRequest();
            closeNow(stream);
            assertThat(more.get(10, TimeUnit.SECONDS)).isFalse();
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closingWithTheSocketFullOfUnreadEventsReleasesTheConnection() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.serving(exchange -> {
                    exchange.send(STREAM_HEAD);
                    exchange.chunk(first("start"));
                    try {
                        for (int seq = 1; ; seq++) {
                            exchange.chunk(event("5-" + seq, "delta", "\"" + "x".repeat(10_000) + "\""));
                        }
                    } catch (IOException gone) {
                        released.countDown();
                    }
                });
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            stream.iterator().next();
            closeNow(stream);
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(stream.iterator().hasNext()).isFalse();
        }
    }

    @Test
    void anInterruptEndsTheWalkAndReleasesTheConnection() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.serving(exchange -> {
                    exchange.awaitClosed();
                    released.countDown();
                });
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            CompletableFuture<String> code = new CompletableFuture<>();
            Thread walker = Thread.startVirtualThread(() -> {
                RunstreamException thrown = catchThrowableOfType(
                        RunstreamException.class, () -> stream.iterator().hasNext());
                code.complete(thrown.code() + " " + Thread.currentThread().isInterrupted());
            });
            server.nextRequest();
            walker.interrupt();
            assertThat(code.get(10, TimeUnit.SECONDS)).isEqualTo("interrupted true");
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theEndDoesNotWaitForAServerThatKeepsTheConnection() throws IOException {
        List<StreamItem> items = followToTheEnd(exchange -> {
            exchange.send(STREAM_HEAD);
            exchange.chunk(first("start") + complete("5-1"));
            exchange.awaitClosed();
        });
        assertThat(ids(items)).containsExactly("5-1");
    }

    @Test
    void anUnframedBodyOfAnOldProxyIsFollowedAlike() throws IOException {
        String head = "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";
        Script unframed = exchange -> {
            exchange.send(head + first("start") + delta("5-1") + "id: 5-2\ndata: 1\n");
            exchange.cut();
        };
        List<StreamItem> items = followToTheEnd(unframed, stream(first("resumed"), delta("5-2"), complete("5-3")));
        assertThat(ids(items)).containsExactly("5-1", "5-2", "5-3");
    }

    @Test
    void chunksOfTheTransferMayFallAnywhere() throws IOException {
        String body = first("start") + event("5-1", "delta", "\"grün 🎈\"") + complete("5-2") + LAST_CHUNK;
        List<StreamItem> items = followToTheEnd(exchange -> {
            exchange.send(STREAM_HEAD);
            for (byte b : body.substring(0, body.length() - LAST_CHUNK.length())
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
                exchange.send(new byte[] {'1', '\r', '\n', b, '\r', '\n'});
            }
            exchange.send(LAST_CHUNK);
        });
        assertThat(((StreamEvent) items.get(1)).data().text()).isEqualTo("\"grün 🎈\"");
    }

    @Test
    void aClosedClientEndsItsStreams() throws IOException {
        try (ScriptedServer server = ScriptedServer.serving();
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            closeNow(client);
            assertThatThrownBy(() -> stream.forEach(item -> {})).isInstanceOf(RunstreamException.class);
        }
    }

    @Test
    void aConsumerThatDoesNotAskStopsTheSocketFromBeingRead() throws Exception {
        byte[] events = new byte[1 << 20];
        Arrays.fill(events, (byte) '\n');
        CompletableFuture<Long> stuckAfter = new CompletableFuture<>();
        try (ScriptedServer server = ScriptedServer.serving(exchange -> {
                    exchange.send(STREAM_HEAD.replace("Transfer-Encoding: chunked\r\n", ""));
                    exchange.send(first("start"));
                    AtomicLong sent = new AtomicLong();
                    Thread writer = Thread.startVirtualThread(() -> {
                        try {
                            while (true) {
                                exchange.send(events);
                                sent.addAndGet(events.length);
                            }
                        } catch (IOException gone) {
                            // The test is over.
                        }
                    });
                    // Stuck is: not a megabyte more within a second.
                    for (long before = -1; before != sent.get() && sent.get() < 1L << 30; ) {
                        before = sent.get();
                        joinFor(writer, Duration.ofSeconds(1));
                    }
                    stuckAfter.complete(sent.get());
                    exchange.awaitClosed();
                });
                RunstreamClient client = client(server);
                RunStream stream = client.follow("r")) {
            stream.iterator().next();
            assertThat(stuckAfter.get(30, TimeUnit.SECONDS))
                    .as("what the kernel and the HTTP client hold")
                    .isLessThan(64L << 20);
        }
    }

    private static void joinFor(Thread thread, Duration most) {
        try {
            var unused = thread.join(most);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }
}
