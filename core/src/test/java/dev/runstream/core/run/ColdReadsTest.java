package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.log.EventPage;
import dev.runstream.core.testing.CheckedSlabs;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Readers of events that only the archive has, and what they may take from others. */
final class ColdReadsTest implements StoreTests {
    private static final long BUDGET = 1024 * 1024;
    private static final int EVENTS = 1_000;
    private static final int ANY_SIZE = Integer.MAX_VALUE;

    private final StoreBench bench = new StoreBench((settings, budget, clock, timers) -> new EmbeddedRunStore(
            settings, new ListArchive(settings.runBufferBytes()), budget, clock, timers, RunObserver.NONE));

    private FollowedRun old;

    @Override
    public StoreBench bench() {
        return bench;
    }

    @BeforeEach
    void endARun() {
        bench.reopen(StoreBench.SETTINGS, BUDGET);
        startExternal("old");
        for (int i = 0; i < EVENTS; i++) {
            append("old", Drafts.sized(1_000));
        }
        append("old", Drafts.complete("1"));
        old = Stages.await(store().follow("old")).orElseThrow();
    }

    @AfterEach
    void close() {
        old.close();
        bench.close();
    }

    private static void release(List<CompletableFuture<EventPage>> fetched) {
        fetched.forEach(page -> Stages.await(page).release());
    }

    private List<CompletableFuture<EventPage>> fetchFromEverywhere() {
        List<CompletableFuture<EventPage>> fetched = new ArrayList<>();
        for (int after = 0; after < EVENTS; after++) {
            fetched.add(old.fetch(after, ANY_SIZE).toCompletableFuture());
        }
        return fetched;
    }

    private static Stream<CompletableFuture<EventPage>> here(List<CompletableFuture<EventPage>> fetched) {
        return fetched.stream().filter(CompletableFuture::isDone);
    }

    @Test
    void takeNoMoreThanTheirShareHoweverManyAsk() {
        List<CompletableFuture<EventPage>> fetched = fetchFromEverywhere();
        Stages.eventually("the share is taken", () -> here(fetched).count() > 50);
        // Whoever holds its page holds up only those who come after it.
        startExternal("new");
        for (int i = 0; i < 100; i++) {
            append("new", Drafts.sized(10_000));
        }
        assertThat(here(fetched).count()).isLessThan(EVENTS / 2);
        assertThat(bench.budget().usedBytes()).isLessThan(BUDGET);

        release(fetched);
        append("new", Drafts.complete("1"));
        assertThat(bench.budget().usedBytes()).isZero();
    }

    @Test
    void goOnWhenASocketLetsGoOfAPageThatIsReleased() {
        List<CompletableFuture<EventPage>> fetched = fetchFromEverywhere();
        Stages.eventually("the share is taken", () -> here(fetched).count() > 50);
        List<CheckedSlabs.CheckedSlab> pinned = new ArrayList<>();
        List<CompletableFuture<EventPage>> others = new ArrayList<>();
        for (CompletableFuture<EventPage> page : fetched) {
            if (!page.isDone()) {
                others.add(page);
                continue;
            }
            CheckedSlabs.CheckedSlab slab =
                    (CheckedSlabs.CheckedSlab) page.join().slab();
            slab.pin();
            pinned.add(slab);
            page.join().release();
        }
        pinned.forEach(CheckedSlabs.CheckedSlab::unpin);
        bench.budget().sweep();
        Stages.eventually("others have their turn", () -> here(others).count() > EVENTS / 20);
        release(others);
    }

    @Test
    void shareOnePageWhereTheyAskForTheSameAtOnce() {
        List<CompletableFuture<EventPage>> fillers = fetchFromEverywhere();
        List<CompletableFuture<EventPage>> together = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            together.add(old.fetch(EVENTS - 1, ANY_SIZE).toCompletableFuture());
        }
        release(fillers);
        assertThat(together.stream().map(Stages::await).distinct()).hasSize(1);
        List<SeenEvent> events = SeenEvent.parse(bytesOf(together.getFirst().join()));
        assertThat(events).extracting(SeenEvent::seq).containsExactly((long) EVENTS, EVENTS + 1L, EVENTS + 2L);
        release(together);
        assertThat(bench.budget().usedBytes()).isZero();
    }

    private static byte[] bytesOf(EventPage page) {
        byte[] bytes = new byte[page.length()];
        page.slab().read(0, bytes, 0, bytes.length);
        return bytes;
    }

    @Test
    void areRefusedWhenTheStoreCloses() {
        List<CompletableFuture<EventPage>> fetched = fetchFromEverywhere();
        store().close();
        CompletableFuture<EventPage> last = fetched.getLast();
        assertThatThrownBy(() -> Stages.await(last)).isInstanceOf(StoreUnavailableException.class);
        for (CompletableFuture<EventPage> page : fetched) {
            page.handle((there, fault) -> {
                        if (there != null) {
                            there.release();
                        }
                        return there;
                    })
                    .join();
        }
    }
}
