package dev.runstream.store.redis;

import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.core.run.Telling;
import dev.runstream.core.time.Timers;
import dev.runstream.store.redis.CommitLine.Change;
import dev.runstream.store.redis.CommitLine.Step;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings changes of runs into Redis. A change is decided on here, by the run as this process knows it, and stored there
 * only if the run is still so; else it is decided on anew. So the rules of runs stand in one place for every store, while
 * Redis settles the order among all processes.
 *
 * <p>A commit whose answer was lost is asked for again under its number, of which Redis stores one; until an answer comes
 * or patience is over. Only then it is unknown what became of it, and the caller is told that the store is not available.
 *
 * <p>Safe for any thread; nothing blocks.
 */
final class Commits {
    private static final long ASK_AGAIN_MILLIS = 50;

    // immutable
    private final Authority authority;
    private final RunCopies copies;
    private final InstantSource clock;
    private final Timers timers;
    private final RunObserver observer;
    private final Telling telling;
    private final Rules rules;
    private final Changed changed;
    private final AtomicLong numbers = new AtomicLong();

    // shared
    private volatile boolean closed;

    /**
     * What commits go by.
     *
     * @param patience how long a commit is asked for again
     * @param retainEnded how long a run can be read after its end
     */
    record Rules(Duration patience, Duration retainEnded, LogKept logKept) {}

    /**
     * Whether the end of a log is sure to be there after another server has taken over once; or else after whatever may
     * have happened, of which the last was that a server was started again.
     */
    @FunctionalInterface
    interface LogKept {
        boolean isSure(boolean afterFailover);
    }

    /** Is told of what this process has changed, before the caller is. */
    @FunctionalInterface
    interface Changed {
        void changed(RunCopy copy, RunRecord before, RunRecord after);
    }

    Commits(
            Authority authority,
            RunCopies copies,
            InstantSource clock,
            Timers timers,
            RunObserver observer,
            Telling telling,
            Rules rules,
            Changed changed) {
        this.authority = authority;
        this.copies = copies;
        this.clock = clock;
        this.timers = timers;
        this.observer = observer;
        this.telling = telling;
        this.rules = rules;
        this.changed = changed;
    }

    /**
     * Changes a run; empty for no such run.
     *
     * @param isSignOfLife whether its worker is heard of by this
     */
    <O> CompletionStage<Optional<O>> submit(String runId, boolean isSignOfLife, Step<O> step) {
        return submit(runId, new Change<>(step, isSignOfLife, false, Optional.empty(), new CompletableFuture<>()));
    }

    /**
     * Begins an attempt, which is asked for until it is known whether it has begun, however long Redis is away: who was
     * told that it is not known could not go on with what may have begun.
     */
    <O> CompletionStage<Optional<O>> submitBegin(String runId, Step<O> step) {
        return submit(runId, new Change<>(step, false, true, Optional.empty(), new CompletableFuture<>()));
    }

    /** Changes a run by what its worker sends, which is a sign of life; the decision may rest on the producer's number. */
    <O> CompletionStage<Optional<O>> submitOfWorker(String runId, Optional<Producer> producer, Step<O> step) {
        return submit(runId, new Change<>(step, true, false, producer.map(Producer::id), new CompletableFuture<>()));
    }

    private <O> CompletionStage<Optional<O>> submit(String runId, Change<O> change) {
        return copies.with(runId, copy -> {
            copy.commits().add(change);
            goOn(copy);
            return change.outcome();
        });
    }

    private void goOn(RunCopy copy) {
        List<Change<?>> changes = copy.commits().take();
        if (!changes.isEmpty()) {
            new Attempt(copy, changes).propose();
        }
    }

    /** Some changes of one run on their way. */
    private final class Attempt {
        private final RunCopy copy;
        private final List<Change<?>> changes;
        private final long beganMillis = timers.nowMillis();
        private final long beganNanos = System.nanoTime();

        Attempt(RunCopy copy, List<Change<?>> changes) {
            this.copy = copy;
            this.changes = changes;
        }

        /** Decides by what is known now. */
        void propose() {
            long shown = copy.log().lastSeq();
            long revision = copy.revision();
            Proposal proposal = new Proposal(copy.record(), clock.millis(), changes);
            Commit commit = new Commit(
                    copy.runId(),
                    numbers.incrementAndGet(),
                    proposal.before().epoch(),
                    revision,
                    proposal.expectedProducers(),
                    proposal.fields(revision + 1),
                    proposal.events(),
                    proposal.ends() ? Optional.of(rules.retainEnded()) : Optional.empty());
            ask(commit, proposal, shown, proposal.moves() ? revision + 1 : revision);
        }

        private void ask(Commit commit, Proposal proposal, long shown, long revisionAfter) {
            authority.commit(commit).whenComplete((answer, fault) -> {
                try {
                    if (fault != null) {
                        askAgain(commit, proposal, shown, revisionAfter, fault);
                    } else {
                        answered(answer, proposal, shown, revisionAfter);
                    }
                } catch (RuntimeException broken) {
                    failed(broken);
                }
            });
        }

        private void askAgain(Commit commit, Proposal proposal, long shown, long revisionAfter, Throwable fault) {
            if (unwrapped(fault) instanceof StoreUnavailableException && goesOnAfter(fault)) {
                timers.schedule(ASK_AGAIN_MILLIS, () -> ask(commit, proposal, shown, revisionAfter));
            } else {
                failed(unwrapped(fault));
            }
        }

        private void answered(Commit.Answer answer, Proposal proposal, long shown, long revisionAfter) {
            switch (answer) {
                case Commit.Answer.Stored stored -> stored(stored, proposal, revisionAfter);
                case Commit.Answer.Again again -> storedBefore(again, proposal, shown);
                case Commit.Answer.Stale stale -> whenTaken(copies.take(copy, stale.now(), shown));
                case Commit.Answer.Moved moved -> whenTaken(renew(moved, shown));
                case Commit.Answer.Gone gone -> gone();
            }
        }

        private void stored(Commit.Answer.Stored stored, Proposal proposal, long revisionAfter) {
            Proposal settled = proposal.onto(stored.lastSeq(), stored.bytes());
            observer.stored(System.nanoTime() - beganNanos);
            telling.tell(() -> {
                copy.stored(stored.lastSeq(), settled.events(), settled.after(), revisionAfter, stored.log());
                end(settled);
            });
        }

        private void storedBefore(Commit.Answer.Again again, Proposal proposal, long shown) {
            long lastSeqBefore = again.lastSeq() - proposal.events().size();
            Proposal settled = proposal.onto(lastSeqBefore, proposal.before().bytes());
            copies.take(copy, again.now(), shown).whenComplete((taken, fault) -> telling.tell(() -> end(settled)));
        }

        private void end(Proposal settled) {
            if (settled.isChange()) {
                observer.changed(settled.before(), settled.after());
                changed.changed(copy, settled.before(), settled.after());
            }
            settled.settle();
            done();
        }

        private CompletionStage<Boolean> renew(Commit.Answer.Moved moved, long shown) {
            StoredRun there = moved.now();
            boolean keeps = rules.logKept().isSure(moved.afterFailover())
                    && there.log().epoch() == copy.log().epoch()
                    && there.log().lastSeq() >= shown;
            Optional<Long> greater = keeps ? Optional.empty() : Optional.of(copies.greaterEpoch(copy, there));
            return authority
                    .renew(copy.runId(), there.log().epoch(), greater)
                    .thenCompose(now -> now.isEmpty()
                            ? CompletableFuture.completedFuture(false)
                            : copies.take(copy, now.get(), shown));
        }

        /** What was known is set right: the changes are decided on anew, by another copy if this one is none any more. */
        private void whenTaken(CompletionStage<Boolean> taken) {
            taken.whenComplete((isThere, fault) -> {
                if (fault != null) {
                    retryOrFail(fault);
                } else if (!isThere) {
                    gone();
                } else if (copy.isReset()) {
                    moveToAnotherCopy();
                } else {
                    propose();
                }
            });
        }

        private void retryOrFail(Throwable fault) {
            if (goesOnAfter(fault)) {
                timers.schedule(ASK_AGAIN_MILLIS, this::propose);
            } else {
                failed(unwrapped(fault));
            }
        }

        /** Whether it is asked for again; those are told whose patience is over. */
        private boolean goesOnAfter(Throwable fault) {
            if (closed) {
                return false;
            }
            if (timers.nowMillis() - beganMillis < rules.patience().toMillis()) {
                return true;
            }
            changes.stream()
                    .filter(change -> !change.isPatient())
                    .forEach(change -> change.outcome().completeExceptionally(unwrapped(fault)));
            return changes.stream().anyMatch(Change::isPatient);
        }

        private void moveToAnotherCopy() {
            List<Change<?>> all = new ArrayList<>(changes);
            all.addAll(copy.commits().takeAll());
            all.forEach(change -> submitAgain(change, copy.runId()));
            done();
        }

        private void gone() {
            copies.gone(copy);
            List<Change<?>> all = new ArrayList<>(changes);
            all.addAll(copy.commits().takeAll());
            all.forEach(change -> change.outcome().complete(Optional.empty()));
            done();
        }

        private void failed(Throwable fault) {
            changes.forEach(change -> change.outcome().completeExceptionally(fault));
            done();
        }

        private void done() {
            copy.commits().done();
            goOn(copy);
        }
    }

    private <O> void submitAgain(Change<O> change, String runId) {
        Change<O> again = new Change<>(
                change.step(), change.isSignOfLife(), change.isPatient(), change.producer(), new CompletableFuture<>());
        submit(runId, again).whenComplete((outcome, fault) -> {
            if (fault == null) {
                change.outcome().complete(outcome);
            } else {
                change.outcome().completeExceptionally(unwrapped(fault));
            }
        });
    }

    /** From now on nothing is asked for again. */
    void close() {
        closed = true;
    }

    static Throwable unwrapped(@Nullable Throwable fault) {
        Throwable inner = fault;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner == null ? new IllegalStateException("no fault") : inner;
    }
}
