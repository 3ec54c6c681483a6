package dev.runstream.store.redis;

import dev.runstream.core.run.Copied;
import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunMachine;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.SourceEntry;
import dev.runstream.core.run.SourceId;
import dev.runstream.core.run.SourceStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@link CopiedRuns} of a store in Redis. A copy is a commit as any other: it rests on the last entry copied, as that of a
 * producer on its number, so that of several processes with the same entry one stores it.
 */
final class JobRuns implements CopiedRuns {
    private static final int AT_ONCE = 500;
    /** What is copied is a sign of life, but a job has no lease; its decision rests on what was copied last. */
    private static final Optional<Producer> BY_SOURCE = Optional.of(new Producer(Producer.SOURCE, 0, 0));

    private final Authority authority;
    private final SharedIndex index;
    private final Commits commits;
    private final RunCopies copies;
    private final RunCreation creation;
    private final RunMachine machine;

    JobRuns(
            Authority authority,
            SharedIndex index,
            Commits commits,
            RunCopies copies,
            RunCreation creation,
            RunMachine machine) {
        this.authority = authority;
        this.index = index;
        this.commits = commits;
        this.copies = copies;
        this.creation = creation;
        this.machine = machine;
    }

    @Override
    public CompletionStage<Optional<Copied>> copy(String runId, List<SourceEntry> entries) {
        return commits.submitOfWorker(runId, BY_SOURCE, (run, now) -> machine.copy(run, entries, now));
    }

    @Override
    public CompletionStage<Optional<RunState>> settle(String runId, Optional<SourceId> seen, SourceStep step) {
        return commits.submitOfWorker(runId, BY_SOURCE, (run, now) -> machine.settle(run, seen, step, now));
    }

    @Override
    public CompletionStage<CreateResult> create(NewRun run, SourceId copiedTo) {
        return creation.createOfJob(run, copiedTo);
    }

    /** Somebody may still read it, who is told that the log was made anew. What was asked of it goes with it. */
    @Override
    public CompletionStage<Long> discard(String runId, SourceId newLife) {
        return authority.load(runId).thenCompose(found -> {
            if (found.isEmpty()) {
                return CompletableFuture.completedFuture(0L);
            }
            RunRecord run = found.get().record();
            if (!run.isEnded() || !newLife.isAfter(run.copiedTo())) {
                return CompletableFuture.completedFuture(run.epoch());
            }
            return authority.delete(runId, run.endedAtMillis(), Long.MAX_VALUE).thenApply(isGone -> {
                copies.inMemory(runId).ifPresent(copies::gone);
                return run.epoch();
            });
        });
    }

    @Override
    public CompletionStage<List<RunRecord>> open(String namesBegin) {
        return open(namesBegin, 0, new ArrayList<>());
    }

    private CompletionStage<List<RunRecord>> open(String namesBegin, long offset, List<RunRecord> found) {
        return index.open(offset, AT_ONCE).thenCompose(places -> {
            CompletionStage<List<RunRecord>> all = CompletableFuture.completedFuture(found);
            for (RunQuery.Place place : places) {
                if (place.runId().startsWith(namesBegin)) {
                    all = all.thenCombine(authority.load(place.runId()), (sofar, run) -> {
                        run.map(StoredRun::record)
                                .filter(record -> !record.isEnded())
                                .ifPresent(sofar::add);
                        return sofar;
                    });
                }
            }
            return places.size() < AT_ONCE ? all : all.thenCompose(sofar -> open(namesBegin, offset + AT_ONCE, sofar));
        });
    }
}
