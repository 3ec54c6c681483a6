package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventPage;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.server.transport.NettySlabs;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What readers see of a store that is slow, away, or has lost a log. */
@ParameterizedClass
@MethodSource("dev.runstream.server.Transports#here")
class StreamStoreFaultsTest {
    private static final Duration KEEPALIVE = Duration.ofMillis(200);

    private final MemoryBudget pages = new MemoryBudget(new NettySlabs(PooledByteBufAllocator.DEFAULT), 1 << 20);
    private final BlockingQueue<Fetch> fetches = new LinkedBlockingQueue<>();
    private final HoldCountingStore store;
    private final TestServer server;

    /** One fetch that waits for its page. */
    private record Fetch(FollowedRun run, long afterSeq, CompletableFuture<EventPage> page) {}

    StreamStoreFaultsTest(String transport) {
        HoldCountingStore[] made = new HoldCountingStore[1];
        server = TestServer.start(
                base -> new Tuning(base)
                        .transport(transport)
                        .keepalive(KEEPALIVE)
                        .settings(),
                runs -> runs,
                inner -> {
                    made[0] = new HoldCountingStore(inner);
                    return made[0];
                });
        store = made[0];
        store.fetching = (run, afterSeq) -> {
            Fetch fetch = new Fetch(run, afterSeq, new CompletableFuture<>());
            fetches.add(fetch);
            return fetch.page();
        };
    }

    @AfterEach
    void stop() {
        try {
            assertThat(store.misuses).hasValue(0);
        } finally {
            server.close();
        }
        assertThat(store.use()).isEqualTo("holds 0, readers 0, listeners 0");
        pages.sweep();
        assertThat(pages.usedBytes()).isZero();
    }

    private int port() {
        return server.port();
    }

    /** Has the events so far leave memory, as they do where a store on disk holds them too. */
    private void cool(String runId) {
        FollowedRun run = store.found(runId).toCompletableFuture().join().orElseThrow();
        run.log().releaseResident(Long.MAX_VALUE, false);
        run.close();
    }

    private Fetch nextFetch() throws InterruptedException {
        Fetch fetch = fetches.poll(20, TimeUnit.SECONDS);
        assertThat(fetch).as("a fetch").isNotNull();
        return fetch;
    }

    private EventPage page(long firstSeq, int events) {
        List<EventPage.StoredEvent> stored = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            stored.add(new EventPage.StoredEvent(
                    EventType.DELTA, JsonBytes.trusted("0".getBytes(StandardCharsets.US_ASCII))));
        }
        return EventPage.encode(Feed.EPOCH, firstSeq, stored, pages, () -> {});
    }

    @Test
    void fetchesWhatIsNotInMemoryPageByPage() throws Exception {
        Feed feed = Feed.external(store, "a").deltas(9, 10);
        cool("a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.next();
            nextFetch().page().complete(page(1, 4));
            reader.upTo(4);
            Fetch second = nextFetch();
            assertThat(second.afterSeq()).isEqualTo(4);
            feed.delta("11");
            second.page().complete(page(5, 6));
            reader.upTo(11);
            feed.complete("12");
            assertThat(reader.rest()).hasSize(1);
        }
    }

    @Test
    void keepsAReaderAliveWhileAFetchHangs() throws Exception {
        Feed.external(store, "a").deltas(9, 10);
        cool("a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.next();
            Fetch hangs = nextFetch();
            for (int i = 0; i < 3; i++) {
                assertThat(reader.next().raw()).isEqualTo(":keepalive\n\n");
            }
            hangs.page().complete(page(1, 10));
            reader.upTo(10);
        }
    }

    @Test
    void givesAPageBackThatComesAfterItsReaderHasLeft() throws Exception {
        Feed.external(store, "a").deltas(9, 10);
        cool("a");
        Fetch fetch;
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.next();
            fetch = nextFetch();
        }
        Scrape.awaitNoStream(port());
        fetch.page().complete(page(1, 10));
    }

    @Test
    void readsOnWhereAFetchedPageIsEmpty() throws Exception {
        Feed.external(store, "a").deltas(9, 10);
        cool("a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.next();
            nextFetch().page().complete(page(1, 0));
            nextFetch().page().complete(page(1, 10));
            reader.upTo(10);
        }
    }

    @Test
    void endsAStreamAsBusyWhoseEventsCannotBeFetched() throws Exception {
        Feed.external(store, "a").deltas(9, 10);
        cool("a");
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            reader.next();
            nextFetch().page().completeExceptionally(new StoreUnavailableException("away"));
            List<StreamReader.Frame> rest = reader.rest();
            assertThat(rest.getLast().raw()).matches("retry: \\d+\nevent: status\ndata: \\{\"closing\":\"busy\"}\n\n");
        }
        Scrape after = Scrape.awaitClosed(port(), "busy", 1, 0);
        assertThat(after.value("ai_stream_errors_total{reason=\"store\"}")).isEqualTo(1);
    }

    @Test
    void fallsBackToTheStoreWhenALiveEventIsGoneFromMemory() throws Exception {
        Feed feed = Feed.external(store, "a");
        List<StreamReader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                readers.add(StreamReader.open(port(), "a"));
                readers.getLast().upTo(1);
            }
            long seq = 1;
            for (int round = 0; round < 20; round++) {
                feed.deltas(5, 10);
                cool("a");
                for (Fetch late = fetches.poll(); late != null; late = fetches.poll()) {
                    late.page().complete(page(late.afterSeq() + 1, 1));
                }
                seq += 5;
            }
            feed.delta("0");
            long last = seq + 1;
            Thread pager = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Fetch fetch = fetches.take();
                        fetch.page().complete(page(fetch.afterSeq() + 1, (int) Math.min(3, last - fetch.afterSeq())));
                    }
                } catch (InterruptedException done) {
                    Thread.currentThread().interrupt();
                }
            });
            readers.forEach(reader -> reader.upTo(last));
            pager.interrupt();
            pager.join();
        } finally {
            readers.forEach(StreamReader::close);
        }
    }

    @Test
    void tellsThoseWhoReadALostLogToComeBack() throws Exception {
        Feed feed = Feed.external(store, "a");
        try (StreamReader live = StreamReader.open(port(), "a")) {
            live.upTo(1);
            feed.delta("2");
            live.upTo(2);
            store.reset = true;
            feed.delta("3");
            StreamReader.Frame last = live.rest().getLast();
            assertThat(last.raw()).isEqualTo("event: status\ndata: {\"state\":\"running\",\"closing\":\"reset\"}\n\n");
        }
        Scrape.awaitClosed(port(), "reset", 1, 0);
    }

    @Test
    void turnsAwayWithoutAStateWhereTheStoreCannotBeAsked() {
        Feed.external(store, "a");
        store.lookup = Optional.of(CompletableFuture.failedStage(new StoreUnavailableException("away")));
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            assertThat(reader.head()).startsWith("HTTP/1.1 200 OK\r\n");
            List<StreamReader.Frame> frames = reader.rest();
            assertThat(frames).hasSize(1);
            assertThat(frames.getFirst().raw())
                    .matches("retry: \\d+\nevent: status\ndata: \\{\"closing\":\"busy\"}\n\n");
        }
        Scrape after = Scrape.of(port());
        assertThat(after.closed("busy")).isEqualTo(1);
        assertThat(after.value("ai_stream_errors_total{reason=\"store\"}")).isEqualTo(1);
        assertThat(after.value("ai_stream_connections_active")).isZero();
    }

    @Test
    void turnsAwayWhereTheStoreDoesNotAnswerAndGivesBackWhatComesTooLate() {
        Feed.external(store, "a");
        CompletableFuture<Optional<FollowedRun>> late = new CompletableFuture<>();
        store.lookup = Optional.of(late);
        try (StreamReader reader = StreamReader.open(port(), "a")) {
            assertThat(reader.rest()).extracting(frame -> frame.text("closing")).containsExactly("busy");
        }
        store.found("a").thenAccept(late::complete);
        Scrape.await(port(), seen -> store.isUnused());
    }

    @Test
    void givesBackARunThatIsFoundAfterItsReaderHasLeft() {
        Feed.external(store, "a");
        CompletableFuture<Optional<FollowedRun>> late = new CompletableFuture<>();
        store.lookup = Optional.of(late);
        StreamReader.open(port(), "a").reset();
        CompletionStage<Optional<FollowedRun>> found = store.found("a");
        found.thenAccept(late::complete);
        Scrape.await(port(), seen -> store.isUnused());
        assertThat(Scrape.awaitNoStream(port()).closed("complete")).isZero();
    }
}
