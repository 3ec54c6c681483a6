package dev.runstream.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.SlabAllocator;
import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.AskedRun;
import dev.runstream.core.run.Drafts;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreBench;
import dev.runstream.core.run.Telling;
import dev.runstream.core.testing.SeenEvent;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a real process while it stores events as fast as it can. */
@Tag("slow")
final class KillTest {
    private static final int RUNS = 50;
    private static final int ROUNDS = 5;
    private static final int LINES_PER_ROUND = 20_000;

    @TempDir
    Path folder;

    @Test
    void losesNoEventThatWasAcknowledged() throws Exception {
        Map<String, Long> acknowledged = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            Process worker = ChildProcess.start(Worker.class, folder.toString());
            int lines = 0;
            try (BufferedReader out = worker.inputReader()) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    String[] words = line.split(" ", -1);
                    // The last line may be cut by the kill.
                    if (words.length == 3 && words[2].equals(".")) {
                        acknowledged.merge(words[0], Long.parseLong(words[1]), Math::max);
                    }
                    if (++lines == LINES_PER_ROUND) {
                        // By its handle: the process object would close the pipe with what is still in it.
                        worker.toHandle().destroyForcibly();
                    }
                }
            }
            assertThat(lines).isGreaterThanOrEqualTo(LINES_PER_ROUND);
            worker.waitFor();
            check(acknowledged);
        }
    }

    private void check(Map<String, Long> acknowledged) {
        StoreInFolder it = new StoreInFolder(folder);
        it.bootId = BootId.ofMachine().current();
        try (it) {
            it.open();
            assertThat(acknowledged).hasSize(RUNS);
            acknowledged.forEach((runId, seq) -> {
                List<SeenEvent> events = it.events(runId);
                long last = events.getLast().seq();
                assertThat(last).isGreaterThanOrEqualTo(seq);
                assertThat(events).extracting(SeenEvent::data).contains(Long.toString(seq));
                for (SeenEvent event : events) {
                    assertThat(event.seq() == 1 || event.data().equals(Long.toString(event.seq())))
                            .as(event.toString())
                            .isTrue();
                }
            });
            assertThat(it.ask("SELECT count(*) FROM (SELECT run, max(seq) - min(seq) + 1 - count(*) AS holes FROM event"
                            + " GROUP BY run) WHERE holes > 0"))
                    .isZero();
        }
    }

    /** Appends to many runs, each event holding its own seq, and prints what was acknowledged. */
    static final class Worker {
        private Worker() {}

        @SuppressWarnings({"SystemOut", "FutureReturnValueIgnored"})
        public static void main(String[] args) throws IOException {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            RunStore store = SqliteRunStore.open(
                    SqliteSettings.defaults(Path.of(args[0])),
                    StoreBench.SETTINGS,
                    new MemoryBudget(SlabAllocator.heap(), 64L << 20),
                    InstantSource.system(),
                    new SystemTimers("timers"),
                    RunObserver.NONE,
                    Telling.DIRECT);
            for (int i = 0; i < RUNS; i++) {
                String runId = "r" + i;
                Stages.await(store.create(
                        AskedRun.external(runId, System.currentTimeMillis()).build()));
                long last =
                        Stages.await(store.find(runId)).orElseThrow().record().lastSeq();
                appendNext(store, runId, last + 1, out);
            }
        }

        private static void appendNext(RunStore store, String runId, long seq, PrintStream out) {
            store.append(runId, Drafts.batch(Drafts.delta(seq))).thenAcceptAsync(result -> {
                if (result instanceof AppendResult.Appended) {
                    out.println(runId + " " + seq + " .");
                    appendNext(store, runId, seq + 1, out);
                }
            });
        }
    }
}
