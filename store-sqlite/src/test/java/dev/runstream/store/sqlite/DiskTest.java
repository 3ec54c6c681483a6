package dev.runstream.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.Drafts;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much the file takes, and what happens when there is no more to take. */
final class DiskTest {
    private static final int EVENT_BYTES = 100_000;

    @TempDir
    Path temp;

    private StoreInFolder it;
    private boolean mounted;

    @BeforeEach
    void prepare() {
        it = new StoreInFolder(temp.resolve("store"));
        it.maxDiskBytes = SqliteSettings.LEAST_MAX_DISK_BYTES;
    }

    @AfterEach
    void close() throws Exception {
        it.close();
        if (mounted) {
            run("umount", it.folder.toString());
        }
    }

    private void fill(String runId, int events) {
        for (int i = 0; i < events; i++) {
            it.append(runId, Drafts.sized(EVENT_BYTES));
        }
    }

    private long diskBytes() {
        return it.file().toFile().length() + logBytes();
    }

    private long logBytes() {
        return it.file().resolveSibling(StoreFile.FILE_NAME + "-wal").toFile().length();
    }

    @Test
    void letsTheOldestEndedRunsGoNearTheLimit() {
        it.open();
        it.start(it.external("open").lease(Duration.ofHours(1)));
        fill("open", 5);
        for (int i = 0; i < 60; i++) {
            it.startExternal("r" + i);
            fill("r" + i, 10);
            it.append("r" + i, Drafts.complete("1"));
            it.timers.advance(Duration.ofSeconds(1));
            Stages.eventually("room is made", () -> it.ask("SELECT count(*) FROM garbage") == 0);
        }
        assertThat(it.find("r0")).isEmpty();
        assertThat(it.find("r59")).isPresent();
        assertThat(it.find("open").orElseThrow().record().lastSeq()).isEqualTo(6);
        assertThat(diskBytes()).isLessThan(it.maxDiskBytes + (8L << 20));
    }

    @Test
    void letsEndedRunsGoAtOnceForANewOne() {
        it.settings = TestSettings.with(it.settings).runBufferBytes(64L << 20).build();
        it.open();
        it.startExternal("done");
        fill("done", 120);
        it.append("done", Drafts.complete("1"));
        it.startExternal("open");
        fill("open", 120);

        assertThat(Stages.await(it.store().create(it.external("new").build())))
                .isInstanceOf(CreateResult.Created.class);
        assertThat(it.find("done")).isEmpty();
        assertThat(it.find("open")).isPresent();
    }

    @Test
    void refusesNewRunsWhereNoEndedOneIsLeftAndLetsOpenOnesGoOn() {
        it.settings = TestSettings.with(it.settings).runBufferBytes(64L << 20).build();
        it.open();
        it.startExternal("open");
        fill("open", 200);
        it.timers.advance(Duration.ofSeconds(1));

        CreateResult refused = Stages.await(it.store().create(it.external("new").build()));
        assertThat(refused).isInstanceOf(CreateResult.Overloaded.class);
        assertThat(((CreateResult.Overloaded) refused).message()).contains("--max-disk", "16 MB");
        fill("open", 1);
        it.append("open", Drafts.complete("1"));
        assertThat(it.store().health().ready()).isTrue();

        it.timers.advance(Duration.ofSeconds(2));
        Stages.eventually(
                "room again",
                () -> Stages.await(it.store().create(it.external("new").build())) instanceof CreateResult.Created);
        assertThat(it.find("open")).isEmpty();
    }

    @Test
    void keepsAnEndedRunThatIsBeingRead() {
        it.settings = TestSettings.with(it.settings).runBufferBytes(64L << 20).build();
        it.open();
        it.startExternal("read");
        fill("read", 200);
        it.append("read", Drafts.complete("1"));
        try (LogReader reader = it.reader("read")) {
            it.timers.advance(Duration.ofSeconds(3));
            assertThat(reader.drain()).hasSize(202);
            assertThat(it.find("read")).isPresent();
        }
    }

    @Test
    void usesTheRoomOfEvictedEventsAgain() {
        it.settings = TestSettings.with(it.settings).runBufferBytes(2L << 20).build();
        it.open();
        it.startExternal("r");
        fill("r", 1_000);
        assertThat(diskBytes()).isLessThan(12L << 20);
    }

    @Test
    void keepsTheWriteAheadLogSmallWithReadersThatNeverRest() {
        it.budgetBytes = 4 << 20;
        it.maxDiskBytes = 1L << 30;
        it.open();
        it.startExternal("read");
        it.append("read", Drafts.deltas(0, 2_000));
        it.append("read", Drafts.complete("1"));
        it.restart();
        it.startExternal("r");
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    assertThat(it.events("read")).hasSize(2_002);
                }
            }));
        }
        long largest = 0;
        for (int i = 0; i < 1_000; i++) {
            it.append("r", Drafts.sized(EVENT_BYTES), Drafts.sized(EVENT_BYTES));
            largest = Math.max(largest, logBytes());
        }
        done.set(true);
        readers.forEach(Threads::join);
        assertThat(largest).isLessThan(Checkpoints.MOST_LOG_BYTES + (8L << 20));
    }

    @Test
    void cutsTheWriteAheadLogOnceAToolHasLetItGrow() throws Exception {
        it.maxDiskBytes = 16L << 20;
        it.open();
        it.startExternal("r");
        try (Connection tool = DriverManager.getConnection("jdbc:sqlite:" + it.file());
                Statement reading = tool.createStatement()) {
            reading.execute("BEGIN");
            reading.execute("SELECT count(*) FROM event");
            fill("r", 120);
            assertThat(logBytes()).isGreaterThan(8L << 20);
        }
        fill("r", 120);
        assertThat(logBytes()).isLessThan(8L << 20);
    }

    @Test
    void standsAFullDiskAndGoesOnWhenThereIsRoom() throws Exception {
        Files.createDirectories(it.folder);
        mounted = run("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", it.folder.toString()) == 0;
        assumeTrue(mounted, "only root can mount a small disk");
        it.settings = TestSettings.with(it.settings).runBufferBytes(64L << 20).build();
        Path ballast = it.folder.resolve("ballast");
        Files.write(ballast, new byte[12 << 20]);
        it.open();
        it.startExternal("r");
        it.startExternal("other");

        int stored = fillUp();
        assertThat(it.store().health().ready()).isFalse();
        assertThat(it.store().health().message()).contains(it.folder.toString(), "full");
        assertThatThrownBy(() -> it.startExternal("new")).isInstanceOf(StoreUnavailableException.class);
        assertThat(it.events("r")).hasSize(stored + 1);

        Files.delete(ballast);
        it.timers.advance(Duration.ofSeconds(2));
        Stages.eventually("healthy again", () -> it.store().health().ready());
        assertThat(it.append("r", Drafts.sized(EVENT_BYTES)).lastEventId().seq())
                .isEqualTo(stored + 2L);
        assertThat(Stages.await(it.store().requestCancel("other"))).contains(RunState.CANCELLING);
        List<SeenEvent> before = it.events("r");
        it.restart();
        assertThat(it.events("r")).isEqualTo(before);
    }

    /** Appends until the disk is full; how many were stored. */
    private int fillUp() {
        for (int stored = 0; stored < 1_000; stored++) {
            try {
                it.append("r", Drafts.sized(EVENT_BYTES));
            } catch (StoreUnavailableException full) {
                return stored;
            }
        }
        throw new AssertionError("the disk never filled");
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
