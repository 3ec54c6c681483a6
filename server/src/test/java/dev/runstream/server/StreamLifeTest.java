package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.runstream.core.testing.Stages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a stream does while it lasts, how it ends, and what the metrics say of it. */
@ParameterizedClass
@MethodSource("dev.runstream.server.Transports#here")
@Tag("slow")
class StreamLifeTest {
    private static final Duration KEEPALIVE = Duration.ofMillis(200);

    private final String transport;
    private HoldCountingStore store;
    private TestServer server;

    StreamLifeTest(String transport) {
        this.transport = transport;
        start(tuning -> tuning);
    }

    private void start(UnaryOperator<Tuning> tuning) {
        HoldCountingStore[] made = new HoldCountingStore[1];
        server = TestServer.start(
                base -> tuning.apply(new Tuning(base).transport(transport)).settings(), runs -> runs, inner -> {
                    made[0] = new HoldCountingStore(inner);
                    return made[0];
                });
        store = made[0];
    }

    private void restart(UnaryOperator<Tuning> tuning) {
        server.close();
        start(tuning);
    }

    @AfterEach
    void stop() {
        try {
            assertThat(store.misuses).hasValue(0);
        } finally {
            server.close();
        }
        assertThat(store.use()).isEqualTo("holds 0, readers 0, listeners 0");
    }

    private int port() {
        return server.port();
    }

    private StreamReader.Frame closingFrame(StreamReader reader, String closing) {
        List<StreamReader.Frame> rest = reader.rest();
        StreamReader.Frame last = rest.getLast();
        assertThat(last.text("closing")).isEqualTo(closing);
        assertThat(last.id()).isEmpty();
        assertThat(last.event()).isEqualTo("status");
        return last;
    }

    private static void assertRandomRetry(StreamReader.Frame frame) {
        assertThat(Integer.parseInt(frame.retry().orElseThrow())).isBetween(1_000, 15_000);
    }

    /** Of many events of uneven sizes the socket takes only a part of one when it is full. */
    @Test
    void goesOnWithinAnEventThatTheSocketTookAPartOf() {
        Feed feed = Feed.external(store, "a");
        try (StreamReader reader = StreamReader.narrow(port(), "a", 16 * 1024)) {
            reader.next();
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                sent.add('"' + Integer.toString(i % 10).repeat(500 + i) + '"');
                feed.delta(sent.getLast());
            }
            feed.complete("0");

            List<StreamReader.Frame> rest = reader.rest();

            assertThat(rest.getLast().seq()).isEqualTo(1_002);
            assertThat(rest.subList(1, 1_001))
                    .extracting(StreamReader.Frame::data)
                    .isEqualTo(sent);
        }
    }

    @Test
    void endsCleanlyAfterTheTerminalEvent() {
        Feed feed = Feed.external(store, "a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.upTo(1);
            feed.complete("2");
            assertThat(reader.rest()).extracting(StreamReader.Frame::event).containsExactly("complete");
        }
        Scrape.awaitClosed(port(), "complete", 1, 0);
    }

    @Test
    void keepsASilentStreamAlive() {
        restart(tuning -> tuning.keepalive(KEEPALIVE));
        Feed feed = Feed.external(store, "a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.upTo(1);
            long begin = System.nanoTime();
            assertThat(reader.next().raw()).isEqualTo(":keepalive\n\n");
            assertThat(System.nanoTime() - begin)
                    .isBetween(
                            KEEPALIVE.toNanos() - Duration.ofMillis(20).toNanos(),
                            Duration.ofSeconds(5).toNanos());
            assertThat(reader.next().raw()).isEqualTo(":keepalive\n\n");
            feed.delta("2");
            assertThat(reader.next().id()).contains(Feed.id(2));
        }
    }

    @Test
    void sendsNoKeepaliveWhileBytesFlow() {
        restart(tuning -> tuning.keepalive(Duration.ofMillis(500)));
        Feed feed = Feed.external(store, "a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.upTo(1);
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < Duration.ofMillis(1_500).toNanos()) {
                feed.delta("0");
                assertThat(reader.next().event()).isEqualTo("delta");
            }
        }
    }

    @Test
    void closesAnIdleStreamThoughKeepalivesFlow() {
        restart(tuning -> tuning.keepalive(KEEPALIVE).idle(KEEPALIVE.multipliedBy(5)));
        Feed.external(store, "a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.upTo(1);
            long begin = System.nanoTime();
            List<StreamReader.Frame> rest = reader.rest();
            assertThat(System.nanoTime() - begin)
                    .isGreaterThan(KEEPALIVE.multipliedBy(4).toNanos());
            assertThat(rest.getFirst().isComment()).isTrue();
            assertThat(rest.getLast().raw())
                    .isEqualTo("event: status\ndata: {\"state\":\"running\",\"closing\":\"idle\"}\n\n");
        }
        Scrape.awaitClosed(port(), "idle", 1, 0);
    }

    @Test
    void countsIdleTimeFromTheLastEvent() {
        restart(tuning -> tuning.idle(Duration.ofMillis(800)));
        Feed feed = Feed.external(store, "a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.upTo(1);
            long begin = System.nanoTime();
            long seq = 1;
            while (System.nanoTime() - begin < Duration.ofMillis(1_600).toNanos()) {
                feed.delta("0");
                reader.upTo(++seq);
            }
            closingFrame(reader, "idle");
        }
    }

    @Test
    void turnsAwayWhatIsTooMuchWithOneFrame() {
        restart(tuning -> tuning.maxConnections(2));
        Feed.external(store, "a");
        try (StreamReader one = StreamReader.open(port(), "a");
                StreamReader two = StreamReader.open(port(), "a")) {
            one.next();
            two.next();
            for (int i = 0; i < 3; i++) {
                try (StreamReader three = StreamReader.open(port(), "a")) {
                    assertThat(three.head()).startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n");
                    StreamReader.Frame only = closingFrame(three, "busy");
                    assertThat(only.text("state")).isEqualTo("running");
                    assertRandomRetry(only);
                    assertThat(three.bodyBytes()).isEqualTo(only.raw().length());
                }
            }
            try (StreamReader old = StreamReader.http10(port(), "a")) {
                closingFrame(old, "busy");
            }
            assertThat(RawHttp.get(port(), "/api/agents/run/a").status()).isEqualTo(200);
            assertThat(Scrape.of(port()).closed("busy")).isEqualTo(4);
        }
        Scrape.awaitNoStream(port());
        try (StreamReader again = StreamReader.open(port(), "a")) {
            assertThat(again.next().text("resume")).isEqualTo("start");
        }
    }

    @Test
    void drainsStreamsOneByOneWithATimeToComeBackOfTheirOwn() {
        Feed.external(store, "a");
        List<StreamReader> readers = new ArrayList<>();
        try (RawHttp kept = new RawHttp(port())) {
            for (int i = 0; i < 30; i++) {
                readers.add(StreamReader.open(port(), "a"));
                readers.getLast().upTo(1);
            }
            kept.request("GET /api/agents/stream/a?lastEventId=x", "", "");

            server.server().drain(Duration.ofSeconds(1));

            // The JDK's own transport gives a listening socket back only when its selector comes round.
            Stages.eventually("connections are refused", this::isRefused);
            assertThat(kept.request("GET /api/agents/stream/a", "", "").text())
                    .matches("retry: \\d+\nevent: status\ndata: \\{\"state\":\"running\",\"closing\":\"drain\"}\n\n");
            List<String> retries = new ArrayList<>();
            for (StreamReader reader : readers) {
                StreamReader.Frame last = closingFrame(reader, "drain");
                assertRandomRetry(last);
                retries.add(last.retry().orElseThrow());
            }
            assertThat(retries.stream().distinct().count()).isGreaterThan(20);
        } finally {
            readers.forEach(StreamReader::close);
        }
        Stages.eventually("all streams are closed", () -> server.server().openStreams() == 0);
    }

    private boolean isRefused() {
        try (Socket accepted = new Socket(InetAddress.getLoopbackAddress(), port())) {
            return !accepted.isConnected();
        } catch (IOException closed) {
            return true;
        }
    }

    @Test
    void spreadsTheStreamsOfADrainOverItsTime() throws InterruptedException {
        Feed.external(store, "a");
        List<StreamReader> readers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        Queue<Long> ends = new ConcurrentLinkedQueue<>();
        try {
            for (int i = 0; i < 30; i++) {
                StreamReader reader = StreamReader.open(port(), "a");
                readers.add(reader);
                reader.upTo(1);
                threads.add(Thread.ofVirtual().start(() -> {
                    reader.rest();
                    ends.add(System.nanoTime());
                }));
            }
            server.server().drain(Duration.ofSeconds(1));
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(ends).hasSize(30);
            assertThat(Collections.max(ends) - Collections.min(ends))
                    .isBetween(TimeUnit.MILLISECONDS.toNanos(400), TimeUnit.SECONDS.toNanos(5));
        } finally {
            readers.forEach(StreamReader::close);
        }
    }

    @Test
    void cutsAReaderThatTakesNothingAndNobodyElse() {
        restart(tuning -> tuning.slow(Duration.ofSeconds(1)));
        Feed feed = Feed.external(store, "a").deltas(80, 100_000);
        List<StreamReader> stalled = new ArrayList<>();
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            for (int i = 0; i < 10; i++) {
                stalled.add(StreamReader.narrow(port(), "a", 4 * 1024));
                stalled.getLast().next();
            }
            reader.upTo(81);
            Scrape cut = Scrape.awaitClosed(port(), "slow", 10, 1);
            assertThat(cut.value("ai_run_memory_bytes")).isLessThan(cut.value("ai_run_memory_limit_bytes"));
            feed.complete("0");
            assertThat(reader.rest()).hasSize(1);
        } finally {
            stalled.forEach(StreamReader::close);
        }
        Scrape after = Scrape.awaitClosed(port(), "complete", 1, 0);
        assertThat(after.closed("client")).isZero();
    }

    @Test
    void cutsAReaderThatTakesNothingThoughOnlyTheSystemHoldsItsBytes() {
        assumeFalse(transport.equals("nio"));
        restart(tuning -> tuning.slow(Duration.ofSeconds(1)));
        Feed.external(store, "a").deltas(6, 10_000);
        try (StreamReader stalled = StreamReader.narrow(port(), "a", 4 * 1024);
                StreamReader reader = StreamReader.open(port(), "a")) {
            stalled.next();
            reader.upTo(7);
            assertThat(Scrape.awaitClosed(port(), "slow", 1, 1).closed("client"))
                    .isZero();
        }
    }

    @Test
    void forgetsAllThatAReaderHeldWhenItLeavesAtAnyMoment() {
        Feed.external(store, "a").deltas(40, 50_000);
        int opened = 0;
        for (boolean withReset : new boolean[] {false, true}) {
            for (int moment = 0; moment < 12; moment++) {
                StreamReader reader =
                        moment < 8 ? StreamReader.narrow(port(), "a", 4 * 1024) : StreamReader.open(port(), "a");
                for (int frames = 0; frames < moment * 3; frames++) {
                    reader.next();
                }
                opened++;
                if (withReset) {
                    reader.reset();
                } else {
                    reader.close();
                }
            }
        }
        int most = opened;
        Scrape after = Scrape.await(
                port(),
                seen -> seen.value("ai_stream_connections_active") == 0
                        && store.isUnused()
                        && RawHttp.get(port(), "/api/agents/run/a").text().contains("\"readers\":0"));
        assertThat(after.value("ai_stream_clients_gauge")).isZero();
        assertThat(after.closed("client")).isBetween(most - 4.0, (double) most);
        assertThat(after.value("ai_stream_errors_total{reason=\"internal\"}")).isZero();
        assertThat(server.server().openStreams()).isZero();
    }

    @Test
    void noticesAReaderThatClosesOnlyItsOwnSide() throws Exception {
        Feed.external(store, "a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.upTo(1);
            reader.socket().shutdownOutput();
            Scrape.awaitClosed(port(), "client", 1, 0);
        }
    }

    @Test
    void countsWhatTheContractNames() {
        Feed feed = Feed.external(store, "a").deltas(3, 30_000);
        long bytes = 0;
        try (StreamReader one = StreamReader.open(port(), "a");
                StreamReader two = StreamReader.after(port(), "a", 2)) {
            one.upTo(4);
            two.upTo(4);
            Scrape open = Scrape.of(port());
            assertThat(open.value("ai_stream_connections_active")).isEqualTo(2);
            assertThat(open.value("ai_stream_clients_gauge")).isEqualTo(1);
            assertThat(open.value("ai_stream_ttfb_milliseconds_count")).isEqualTo(2);
            assertThat(open.value("ai_stream_duration_milliseconds_count")).isZero();
            assertThat(open.value("ai_stream_bytes_sent_total"))
                    .isEqualTo((double) (one.bodyBytes() + two.bodyBytes()));
            feed.delta("5").complete("6");
            one.rest();
            two.rest();
            bytes += one.bodyBytes() + two.bodyBytes();
        }
        try (StreamReader ended = StreamReader.after(port(), "a", 3);
                StreamReader wrong = StreamReader.after(port(), "a", 77)) {
            ended.rest();
            wrong.rest();
            bytes += ended.bodyBytes() + wrong.bodyBytes();
        }
        RawHttp.ask(port(), "GET /api/agents/stream/a", "Last-Event-ID: 1000-6\r\n", "");
        RawHttp.ask(port(), "GET /api/agents/stream/a", "Last-Event-ID: x\r\n", "");
        RawHttp.ask(port(), "GET /api/agents/stream/b", "", "");
        RawHttp.ask(port(), "HEAD /api/agents/stream/a", "", "");

        Scrape after = Scrape.awaitClosed(port(), "complete", 4, 0);
        assertThat(after.value("ai_stream_clients_gauge")).isZero();
        assertThat(after.value("ai_stream_ttfb_milliseconds_count")).isEqualTo(4);
        assertThat(after.value("ai_stream_duration_milliseconds_count")).isEqualTo(4);
        assertThat(after.value("ai_stream_bytes_sent_total")).isEqualTo((double) bytes);
        assertThat(after.resumes("start")).isEqualTo(1);
        assertThat(after.resumes("resumed")).isEqualTo(2);
        assertThat(after.resumes("reset")).isEqualTo(1);
        assertThat(after.resumes("gap")).isZero();
        for (String never : List.of("client", "idle", "slow", "drain", "busy", "reset", "error")) {
            assertThat(after.closed(never)).as(never).isZero();
        }
        assertThat(after.value("ai_stream_errors_total{reason=\"store\"}")).isZero();
    }

    @Test
    void countsTheBytesOfKeepalivesAndOfThoseTurnedAway() {
        restart(tuning -> tuning.keepalive(KEEPALIVE).maxConnections(1));
        Feed.external(store, "a");
        try (StreamReader one = StreamReader.open(port(), "a")) {
            one.upTo(1);
            one.next();
            one.next();
            long turnedAway;
            try (StreamReader two = StreamReader.open(port(), "a")) {
                two.rest();
                turnedAway = two.bodyBytes();
            }
            double more = Scrape.of(port()).value("ai_stream_bytes_sent_total") - one.bodyBytes() - turnedAway;
            assertThat(more).isNotNegative();
            assertThat(more % ":keepalive\n\n".length()).isZero();
        }
    }

    @Test
    void givesEverythingBackWhenTheServerIsClosedUnderItsReaders() {
        for (int round = 0; round < 20; round++) {
            Feed.external(store, "a");
            try (StreamReader one = StreamReader.open(port(), "a");
                    StreamReader two = StreamReader.open(port(), "a")) {
                one.next();
                two.next();
                server.close();
                assertThat(store.use()).isEqualTo("holds 0, readers 0, listeners 0");
                start(tuning -> tuning);
            }
        }
    }

    @Test
    void comesBackToTheGroupWhenItsSocketTakesBytesAgain() {
        Feed feed = Feed.external(store, "a");
        try (StreamReader stalls = StreamReader.narrow(port(), "a", 4 * 1024);
                StreamReader reads = StreamReader.open(port(), "a")) {
            stalls.upTo(1);
            reads.upTo(1);
            long seq = 1;
            for (int round = 0; round < 2; round++) {
                feed.deltas(60, 100_000);
                seq += 60;
                reads.upTo(seq);
                stalls.upTo(seq);
                feed.delta("0");
                seq++;
                reads.upTo(seq);
                stalls.upTo(seq);
            }
            feed.complete("0");
            assertThat(reads.rest()).hasSize(1);
            assertThat(stalls.rest()).hasSize(1);
        }
    }
}
