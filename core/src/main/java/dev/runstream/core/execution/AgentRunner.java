package dev.runstream.core.execution;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the runs of this process's agents their turn: so many at once, in order of creation, each on a virtual thread of
 * its own, and the rest stay {@code queued}.
 *
 * <p>The store has the authority: a run begins here only if the store lets the attempt begin, an attempt's events are
 * numbered under it, and what happens to a run (a cancel, a time limit, its end) is seen by following it. So nothing is
 * lost with this object: {@link #start} takes up again what a process before left.
 *
 * <p>Where the store has several processes, runs wait in its {@link SharedQueue} and not here: this one takes so many as
 * it has free places for, and none while it drains. What it has begun and cannot end is at once another's to try.
 *
 * <p>A run whose agent is not here, since its jar was taken out, keeps waiting and says so in a {@code status}; it goes
 * on after a start with the agent back, and can be cancelled.
 *
 * <p>Safe for any thread; only {@link #start} and {@link #drain} block.
 */
public final class AgentRunner {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRunner.class);
    private static final long OFFER_AGAIN_MILLIS = 1_000;

    // immutable
    private final RunnerSettings settings;
    private final AgentRegistry agents;
    private final RunnerPorts ports;
    private final Patience patience;
    private final MissingAgents missingAgents;
    private final Optional<QueueIntake> intake;
    private final WaitingLine line = new WaitingLine();
    private final Drain drain;

    // under this object's lock
    /** In line, on the way there, or at work. */
    private final Set<String> known = new HashSet<>();

    private final Set<Attempt> working = new HashSet<>();
    /** Taken from the queue while the attempt before had not left yet. */
    private final Set<String> takenAgain = new HashSet<>();

    // shared: written under the lock
    private volatile boolean draining;
    private final AtomicLong offers = new AtomicLong();
    private final AtomicInteger stuckAgents = new AtomicInteger();

    public AgentRunner(RunnerSettings settings, AgentRegistry agents, RunnerPorts ports) {
        this.settings = settings;
        this.agents = agents;
        this.ports = ports;
        patience = new Patience(ports.timers());
        missingAgents = new MissingAgents(agents, ports.store(), settings.maxEventBytes());
        drain = new Drain(ports.timers(), this::working);
        intake = ports.queue()
                .filter(queue -> settings.maxRunning() > 0)
                .map(queue -> new QueueIntake(queue, ports.timers(), this::freePlaces, this::take));
    }

    /**
     * Takes up what a process before this one left: its workers are gone, so their runs become {@code retrying} or end,
     * also where none may run here; then everything that waits gets in line. A run that was offered before, since the
     * server takes requests already, is this process's own. Blocks until the store has done that. From now on runs are taken
     * from a shared queue.
     */
    public void start() {
        List<RunRecord> unfinished =
                patience.insist("*", () -> ports.store().unfinished(), again -> false, this::isDraining);
        for (RunRecord run : unfinished) {
            if (!run.state().isWaiting() && !isKnown(run.runId())) {
                patience.insist(
                        run.runId(),
                        () -> ports.store()
                                .loseWorker(run.runId(), run.attempt(), "the process that worked on the run is gone"),
                        again -> false,
                        this::isDraining);
            }
            offer(run.runId());
        }
        missingAgents.warnOf(unfinished);
        intake.ifPresent(QueueIntake::start);
    }

    /**
     * Lets a run get in line, once it is created. A run that is not waiting, or is in line already, is passed over. In a
     * shared queue the run is already, and another process may be the one that has room for it: this only says to look.
     */
    public void offer(String runId) {
        intake.ifPresentOrElse(QueueIntake::ask, () -> take(runId));
    }

    /** The run is this process's to try. */
    private void take(String runId) {
        if (settings.maxRunning() == 0) {
            return;
        }
        synchronized (this) {
            if (draining) {
                return;
            }
            if (!known.add(runId)) {
                if (isShared()) {
                    takenAgain.add(runId);
                }
                return;
            }
        }
        ports.store().follow(runId).whenComplete((followed, fault) -> {
            if (fault != null) {
                forget(runId);
                LOG.warn("run {} waits for the store: {}", runId, fault.getMessage());
                ports.timers().schedule(OFFER_AGAIN_MILLIS, () -> take(runId));
            } else if (followed.isEmpty()) {
                forget(runId);
            } else {
                getInLine(runId, followed.get());
            }
        });
    }

    private synchronized boolean isKnown(String runId) {
        return known.contains(runId);
    }

    private void forget(String runId) {
        boolean again;
        synchronized (this) {
            known.remove(runId);
            again = takenAgain.remove(runId);
        }
        if (again) {
            take(runId);
        }
        intake.ifPresent(QueueIntake::ask);
    }

    /** What waits here has a place as good as taken. */
    private synchronized int freePlaces() {
        return draining ? 0 : settings.maxRunning() - known.size();
    }

    private void getInLine(String runId, FollowedRun followed) {
        RunRecord run = followed.record();
        Optional<Agent> agent = agents.find(run.spec().agent());
        if (!run.state().isWaiting() || agent.isEmpty()) {
            if (run.state().isWaiting()) {
                missingAgents.tell(run);
            }
            followed.close();
            forget(runId);
            return;
        }
        WaitingRun waiting = new WaitingRun(followed, agent.get(), offers.incrementAndGet(), this::leaveLineIfEnded);
        if (line.add(waiting)) {
            leaveLineIfEnded(runId);
            fillPlaces();
        } else {
            waiting.letGo();
        }
    }

    /** Called on the thread that changes the run, which is to do no more than this. */
    private void leaveLineIfEnded(String runId) {
        line.takeIfEnded(runId).ifPresent(ended -> {
            forget(runId);
            Thread.ofVirtual().name("run " + runId).start(ended::letGo);
        });
    }

    private void fillPlaces() {
        List<Attempt> begun = new ArrayList<>();
        synchronized (this) {
            while (!draining && working.size() < settings.maxRunning()) {
                Optional<WaitingRun> next = line.take();
                if (next.isEmpty()) {
                    break;
                }
                next.get().stopListening();
                Attempt attempt = new Attempt(
                        this, ports, next.get().followed(), next.get().agent());
                working.add(attempt);
                begun.add(attempt);
            }
        }
        begun.forEach(Attempt::start);
    }

    /** An attempt's thread is about to end, and its place is free. */
    void left(Attempt attempt) {
        if (draining && isShared()) {
            handOver(attempt).whenComplete((done, fault) -> freePlaceOf(attempt));
            return;
        }
        if (!draining && attempt.isUnsettled()) {
            giveAway(attempt);
        } else if (!draining && attempt.isUntried()) {
            ports.timers().schedule(OFFER_AGAIN_MILLIS, () -> take(attempt.runId()));
        }
        freePlaceOf(attempt);
    }

    private void freePlaceOf(Attempt attempt) {
        attempt.close();
        synchronized (this) {
            working.remove(attempt);
            if (draining && working.isEmpty()) {
                drain.noneIsLeft();
            }
        }
        forget(attempt.runId());
        fillPlaces();
    }

    /** An attempt has left its run without an end, which only a fault of ours or of the machine can bring about. */
    private void giveAway(Attempt attempt) {
        LOG.error("run {}: its agent is gone, and its end could not be stored", attempt.runId());
        attempt.lose("the run's agent broke off")
                .whenComplete((state, fault) -> ports.timers()
                        .schedule(
                                OFFER_AGAIN_MILLIS,
                                fault == null ? () -> offer(attempt.runId()) : () -> giveAway(attempt)));
    }

    /** This process stops and others go on, so nobody needs to wait until the run is missed. */
    private CompletionStage<?> handOver(Attempt attempt) {
        return attempt.isUnsettled()
                ? attempt.lose("the run's worker has stopped")
                : CompletableFuture.completedFuture(null);
    }

    /**
     * Lets no further attempt begin and gives those at work this long to end, as {@link Drain} tells. Whatever has not
     * ended by then stays in the store as it is, for the next start to take up: a drain writes no {@code error}. Where
     * others share the store it is handed over to them, as what a dead worker leaves. Blocks until no agent is at work or
     * the time is over, and then for up to half a second to hand over.
     */
    public void drain(Duration within) {
        synchronized (this) {
            draining = true;
            if (working.isEmpty()) {
                drain.noneIsLeft();
            }
        }
        intake.ifPresent(QueueIntake::stop);
        line.close().forEach(WaitingRun::letGo);
        drain.await(within);
        List<Attempt> left = working();
        if (!left.isEmpty() && isShared()) {
            drain.awaitAll(left.stream().map(this::handOver).toList());
        }
        if (!left.isEmpty()) {
            LOG.warn(
                    "{} runs had not ended when the time to drain was over; {}",
                    left.size(),
                    isShared() ? "other workers take them up" : "the next start takes them up");
        }
    }

    private boolean isShared() {
        return ports.queue().isPresent();
    }

    private synchronized List<Attempt> working() {
        return List.copyOf(working);
    }

    /** What goes on now. Answers at once. */
    public synchronized RunnerGauges gauges() {
        return new RunnerGauges(working.size(), line.size(), stuckAgents.get());
    }

    Patience patience() {
        return patience;
    }

    int maxEventBytes() {
        return settings.maxEventBytes();
    }

    boolean isDraining() {
        return draining;
    }

    void stuckAgents(int more) {
        stuckAgents.addAndGet(more);
    }
}
