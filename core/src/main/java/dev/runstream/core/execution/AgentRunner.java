package dev.runstream.core.execution;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.AppendBatch;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
 * <p>A run whose agent is not here, since its jar was taken out, keeps waiting and says so in a {@code status}; it goes
 * on after a start with the agent back, and can be cancelled.
 *
 * <p>Safe for any thread; only {@link #start} and {@link #drain} block.
 */
public final class AgentRunner {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRunner.class);
    private static final long OFFER_AGAIN_MILLIS = 1_000;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration AFTER_INTERRUPT = Duration.ofMillis(200);

    // immutable
    private final RunnerSettings settings;
    private final AgentRegistry agents;
    private final RunnerPorts ports;
    private final Patience patience;
    private final WaitingLine line = new WaitingLine();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    // under this object's lock
    /** In line, on the way there, or at work. */
    private final Set<String> known = new HashSet<>();

    private final Set<Attempt> working = new HashSet<>();

    // shared: written under the lock
    private volatile boolean draining;
    private final AtomicLong offers = new AtomicLong();
    private final AtomicInteger stuckAgents = new AtomicInteger();

    public AgentRunner(RunnerSettings settings, AgentRegistry agents, RunnerPorts ports) {
        this.settings = settings;
        this.agents = agents;
        this.ports = ports;
        patience = new Patience(ports.timers());
    }

    /**
     * Takes up what a process before this one left: its workers are gone, so their runs become {@code retrying} or end,
     * also where none may run here; then everything that waits gets in line. A run that was offered before, since the
     * server takes requests already, is this process's own. Blocks until the store has done that.
     */
    public void start() {
        List<RunRecord> unfinished =
                patience.insist("*", () -> ports.store().unfinished(), again -> false, this::isDraining);
        Map<String, Integer> orphans = new HashMap<>();
        for (RunRecord run : unfinished) {
            if (!run.state().isWaiting() && !isKnown(run.runId())) {
                patience.insist(
                        run.runId(),
                        () -> ports.store()
                                .loseWorker(run.runId(), run.attempt(), "the process that worked on the run is gone"),
                        again -> false,
                        this::isDraining);
            }
            if (agents.find(run.spec().agent()).isEmpty()) {
                orphans.merge(run.spec().agent(), 1, Integer::sum);
            }
            offer(run.runId());
        }
        orphans.forEach((agent, runs) -> LOG.warn(
                "{} unfinished runs wait for the agent \"{}\", which is not here: put its jar back and start again,"
                        + " or cancel them",
                runs,
                agent));
    }

    /** Lets a run get in line, once it is created. A run that is not waiting, or is in line already, is passed over. */
    public void offer(String runId) {
        if (settings.maxRunning() == 0) {
            return;
        }
        synchronized (this) {
            if (draining || !known.add(runId)) {
                return;
            }
        }
        ports.store().follow(runId).whenComplete((followed, fault) -> {
            if (fault != null) {
                forget(runId);
                LOG.warn("run {} waits for the store: {}", runId, fault.getMessage());
                ports.timers().schedule(OFFER_AGAIN_MILLIS, () -> offer(runId));
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

    private synchronized void forget(String runId) {
        known.remove(runId);
    }

    private void getInLine(String runId, FollowedRun followed) {
        RunRecord run = followed.record();
        Optional<Agent> agent = agents.find(run.spec().agent());
        if (!run.state().isWaiting() || agent.isEmpty()) {
            if (run.state().isWaiting()) {
                tellOfMissingAgent(run);
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

    private void tellOfMissingAgent(RunRecord run) {
        String message =
                "the run waits: this server has no agent \"" + run.spec().agent() + "\"";
        JsonBytes data = JsonObjectView.of(JsonBytes.trusted(new byte[] {'{', '}'}))
                .with("message", JsonBytes.ofString(message))
                .json();
        EventDraft status = EventDraft.of(EventType.STATUS, data, settings.maxEventBytes());
        ports.store()
                .append(run.runId(), new AppendBatch(Optional.empty(), List.of(status)))
                .whenComplete((result, fault) -> LOG.debug("run {}: {}", run.runId(), message, fault));
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
        synchronized (this) {
            working.remove(attempt);
            known.remove(attempt.runId());
            if (draining && working.isEmpty()) {
                drained.complete(null);
            }
        }
        if (attempt.isUnsettled() && !draining) {
            giveAway(attempt.runId(), attempt.followed().record().attempt());
        }
        attempt.followed().close();
        fillPlaces();
    }

    /** An attempt has left its run without an end, which only a fault of ours or of the machine can bring about. */
    private void giveAway(String runId, int attempt) {
        LOG.error("run {}: its agent is gone, and its end could not be stored", runId);
        ports.store().loseWorker(runId, attempt, "the run's agent broke off").whenComplete((state, fault) -> {
            if (fault != null) {
                ports.timers().schedule(OFFER_AGAIN_MILLIS, () -> giveAway(runId, attempt));
            } else {
                ports.timers().schedule(OFFER_AGAIN_MILLIS, () -> offer(runId));
            }
        });
    }

    /**
     * Lets no further attempt begin and gives those at work this long to end. In the last second (or half of a shorter
     * time) agents are told to stop, so that they can leave a {@code partial}; shortly before the end they are interrupted.
     * Whatever has not ended by then stays in the store as it is, for the next start to take up: a drain writes no
     * {@code error}. Blocks until no agent is at work or the time is over.
     */
    public void drain(Duration within) {
        synchronized (this) {
            draining = true;
            if (working.isEmpty()) {
                drained.complete(null);
            }
        }
        line.close().forEach(WaitingRun::letGo);
        Duration told = within.minus(shorter(LAST_WORDS, within.dividedBy(2)));
        Duration pressed = within.minus(shorter(AFTER_INTERRUPT, within.dividedBy(4)));
        List<Timers.Timer> steps = List.of(
                ports.timers().schedule(told.toMillis(), () -> working().forEach(Attempt::tellOfDrain)),
                ports.timers().schedule(pressed.toMillis(), () -> working().forEach(Attempt::press)),
                ports.timers().schedule(within.toMillis(), () -> drained.complete(null)));
        drained.join();
        steps.forEach(Timers.Timer::cancel);
        int left = working().size();
        if (left > 0) {
            LOG.warn("{} runs had not ended when the time to drain was over; the next start takes them up", left);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
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
