package dev.runstream.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.SlabAllocator;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.AskedRun;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.Decision;
import dev.runstream.core.run.Drafts;
import dev.runstream.core.run.EmbeddedRunStore;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.Producers;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunArchive;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.Stop;
import dev.runstream.core.run.StoreBench;
import dev.runstream.core.run.Telling;
import dev.runstream.core.testing.FakeClock;
import dev.runstream.core.testing.FakeTimers;
import dev.runstream.core.testing.Json;
import dev.runstream.core.testing.LogReader;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store under test in a folder, on a clock, timers and a boot id that the test holds in its hands. */
final class StoreInFolder implements AutoCloseable {
    private static final long BUDGET_BYTES = 64L * 1024 * 1024;

    final FakeClock clock = new FakeClock();
    final FakeTimers timers = new FakeTimers(clock);
    final Path folder;
    RunSettings settings = StoreBench.SETTINGS;
    Durability durability = Durability.OS;
    long maxDiskBytes = 1L << 30;
    long budgetBytes = BUDGET_BYTES;
    String bootId = "boot-1";
    RunObserver observer = RunObserver.NONE;

    private @Nullable SqliteRunArchive archive;
    private @Nullable RunStore store;

    StoreInFolder(Path folder) {
        this.folder = folder;
    }

    StoreInFolder open() {
        SqliteRunArchive opened = SqliteRunArchive.open(
                new SqliteSettings(folder, durability, maxDiskBytes, () -> bootId),
                settings.runBufferBytes(),
                clock,
                timers,
                Telling.DIRECT);
        archive = opened;
        MemoryBudget budget = new MemoryBudget(SlabAllocator.heap(), budgetBytes);
        store = new EmbeddedRunStore(settings, opened, budget, clock, timers, observer);
        return this;
    }

    /** What the files hold at this moment, opened as a process would that starts after this one was killed. */
    StoreInFolder openCopy(Path target) {
        StoreInFolder copy = new StoreInFolder(copyFiles(target));
        copy.settings = settings;
        copy.bootId = bootId;
        copy.durability = durability;
        copy.clock.jump(Duration.ofMillis(clock.millis() - copy.clock.millis()));
        return copy;
    }

    Path copyFiles(Path target) {
        try (Stream<Path> files = Files.list(folder)) {
            Files.createDirectories(target);
            for (Path file : files.toList()) {
                if (!file.toString().endsWith("-shm")) {
                    Files.copy(file, target.resolve(file.getFileName()));
                }
            }
            return target;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    RunStore store() {
        return Objects.requireNonNull(store);
    }

    private SqliteRunArchive archive() {
        return Objects.requireNonNull(archive);
    }

    Path file() {
        return folder.resolve(StoreFile.FILE_NAME);
    }

    /** Stops and starts it properly. */
    StoreInFolder restart() {
        close();
        return open();
    }

    Run start(AskedRun asked) {
        CreateResult result = Stages.await(store().create(asked.build()));
        assertThat(result).isInstanceOf(CreateResult.Created.class);
        return ((CreateResult.Created) result).run();
    }

    AskedRun external(String runId) {
        return AskedRun.external(runId, clock.millis());
    }

    Run startExternal(String runId) {
        return start(external(runId));
    }

    CompletionStage<AppendResult> appending(String runId, EventDraft... drafts) {
        return store().append(runId, Drafts.batch(drafts));
    }

    AppendResult.Appended append(String runId, EventDraft... drafts) {
        return append(runId, Drafts.batch(drafts));
    }

    AppendResult.Appended append(String runId, AppendBatch batch) {
        AppendResult result = Stages.await(store().append(runId, batch));
        assertThat(result).as(() -> "with " + store().gauges()).isInstanceOf(AppendResult.Appended.class);
        return (AppendResult.Appended) result;
    }

    Optional<Run> find(String runId) {
        return Stages.await(store().find(runId));
    }

    LogReader reader(String runId) {
        return new LogReader(Stages.await(store().follow(runId)).orElseThrow());
    }

    /** All that is held of a run. */
    List<SeenEvent> events(String runId) {
        try (LogReader reader = reader(runId)) {
            return List.copyOf(reader.drain());
        }
    }

    /** Keeps the writer busy until the latch is let go, so that what is handed in meanwhile comes in one batch. */
    CompletionStage<RunArchive.Creation> hold(CountDownLatch latch) {
        CountDownLatch begun = new CountDownLatch(1);
        RunRecord nobody = new RunRecord(
                external("nobody").spec(), RunState.QUEUED, 1, 0, 0, Stop.NONE, 1, 0, 0, Producers.NONE, false);
        CompletionStage<RunArchive.Creation> held = archive()
                .create(
                        new Decision<>(nobody, List.of(), nobody),
                        Json.json("{}"),
                        pending -> {
                            begun.countDown();
                            await(latch);
                            return Optional.of("only to hold the writer");
                        },
                        () -> {});
        await(begun);
        return held;
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    /** Does something to the file by a connection of its own, as an operator's tool would. */
    static void sql(Path file, String... statements) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException fault) {
            throw new AssertionError(fault);
        }
    }

    /** Asks the file for one number, by a connection of its own. */
    long ask(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        } catch (SQLException fault) {
            throw new AssertionError(fault);
        }
    }

    @Override
    public void close() {
        store().close();
    }
}
