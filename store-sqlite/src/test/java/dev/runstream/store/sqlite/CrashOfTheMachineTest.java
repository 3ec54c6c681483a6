package dev.runstream.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventId;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.Drafts;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of runs where the file may have forgotten events that readers have seen. */
final class CrashOfTheMachineTest {
    @TempDir
    Path temp;

    private StoreInFolder it;

    @BeforeEach
    void open() {
        it = new StoreInFolder(temp.resolve("store")).open();
        it.startExternal("open");
        it.append("open", Drafts.numbered("p", 0, 0, Drafts.delta(0), Drafts.delta(1)));
        it.startExternal("ended");
        it.append("ended", Drafts.complete("1"));
    }

    @AfterEach
    void close() {
        it.close();
    }

    /** The machine as it comes back: with the files of a moment ago, and perhaps another boot id. */
    private StoreInFolder comeBack(String bootId) {
        StoreInFolder copy = it.openCopy(temp.resolve("copy-" + bootId));
        copy.bootId = bootId;
        return copy;
    }

    private static long epoch(StoreInFolder store, String runId) {
        return store.find(runId).orElseThrow().record().epoch();
    }

    @Test
    void givesOpenRunsAGreaterEpoch() {
        try (StoreInFolder back = comeBack("boot-2").open()) {
            assertThat(epoch(back, "open")).isGreaterThan(epoch(it, "open"));
            assertThat(epoch(back, "ended")).isEqualTo(epoch(it, "ended"));
            assertThat(back.events("open")).extracting(SeenEvent::data).endsWith("0", "1");
        }
    }

    @Test
    void takesTheClockIfItHasGoneOn() {
        StoreInFolder back = comeBack("boot-2");
        back.clock.jump(Duration.ofMinutes(1));
        try (StoreInFolder opened = back.open()) {
            assertThat(epoch(opened, "open")).isEqualTo(opened.clock.millis());
        }
    }

    @Test
    void neverUsesAnIdTwiceHoweverOftenItCrashes() {
        Map<EventId, String> seen = new HashMap<>();
        note(seen, it.events("open"));
        StoreInFolder before = it;
        List<StoreInFolder> opened = new ArrayList<>();
        for (int crash = 2; crash < 6; crash++) {
            StoreInFolder back = before.openCopy(temp.resolve("crash-" + crash));
            // What comes now is lost, since the copy is from before.
            before.append("open", Drafts.delta(crash * 100L), Drafts.delta(crash * 100L + 1));
            note(seen, before.events("open"));
            back.bootId = "boot-" + crash;
            opened.add(back.open());
            back.append("open", Drafts.delta(crash));
            note(seen, back.events("open"));
            before = back;
        }
        opened.forEach(StoreInFolder::close);
    }

    private static void note(Map<EventId, String> seen, List<SeenEvent> events) {
        for (SeenEvent event : events) {
            String bytes = event.type() + event.data();
            assertThat(seen.putIfAbsent(event.id(), bytes)).isIn(null, bytes);
        }
    }

    @Test
    void takesAProducersNextNumberAsItComes() {
        it.append("open", Drafts.numbered("p", 0, 2, Drafts.delta(2)));
        try (StoreInFolder back = comeBack("boot-2").open()) {
            assertThat(back.append("open", Drafts.numbered("p", 0, 7, Drafts.delta(7)))
                            .lastEventId()
                            .seq())
                    .isEqualTo(5);
            assertThat(Stages.await(back.store().append("open", Drafts.numbered("p", 0, 9, Drafts.delta(9)))))
                    .isInstanceOf(AppendResult.Refused.class);
        }
    }

    @Test
    void keepsTheEpochWhenOnlyTheProcessWasKilled() {
        try (StoreInFolder back = comeBack("boot-1").open()) {
            assertThat(epoch(back, "open")).isEqualTo(epoch(it, "open"));
        }
    }

    @Test
    void keepsTheEpochAfterACleanStopBeforeTheMachineStarted() {
        long before = epoch(it, "open");
        it.close();
        it.bootId = "boot-2";
        it.open();
        assertThat(epoch(it, "open")).isEqualTo(before);
    }

    @Test
    void keepsTheEpochWhereEveryCommitWasForcedToTheDisk() {
        long before = epoch(it, "open");
        it.close();
        it.durability = Durability.FSYNC;
        it.open();
        try (StoreInFolder back = comeBack("boot-2").open()) {
            assertThat(epoch(back, "open")).isEqualTo(before);
        }
    }

    @Test
    void trustsNothingThatWasWrittenUnforcedEvenIfItIsToBeForcedFromNowOn() {
        StoreInFolder back = comeBack("boot-2");
        back.durability = Durability.FSYNC;
        try (StoreInFolder opened = back.open()) {
            assertThat(epoch(opened, "open")).isGreaterThan(epoch(it, "open"));
        }
    }

    @Test
    void takesAnUnknownBootForAnother() {
        try (StoreInFolder back = comeBack("").open()) {
            assertThat(epoch(back, "open")).isGreaterThan(epoch(it, "open"));
        }
    }

    @Test
    void knowsTheBootOfThisMachine() {
        assertThat(BootId.ofMachine().current()).isEqualTo(BootId.ofMachine().current());
    }
}
