package dev.runstream.core.execution;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.agent.RunCancelledException;
import dev.runstream.core.agent.RunContext;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import dev.runstream.core.run.FollowedRun;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunState;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of one run, from the moment it has a place until the agent has left.
 *
 * <p>{@link #run} is the life of its virtual thread. The run's record, followed, says when to stop; any thread may call
 * {@link #look}, {@link #tellOfDrain} and {@link #press}.
 */
final class Attempt implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
    private static final JsonBytes NULL = JsonBytes.trusted(new byte[] {'n', 'u', 'l', 'l'});
    private static final long INTERRUPT_AFTER_MILLIS = 1_000;
    /** An agent may tidy up for this long after its run has ended. */
    private static final long STUCK_AFTER_MILLIS = 5_000;

    // immutable
    private final AgentRunner runner;
    private final RunnerPorts ports;
    private final RunWatch watch;
    private final Agent agent;
    private final String agentName;
    private final String runId;
    private final StopSignal stop;
    private final ComputePool.Lane lane;
    private final Thread thread;

    // under this object's lock
    private boolean isStuck;
    private boolean hasLeft;

    // shared
    private final AtomicBoolean interruptComes = new AtomicBoolean();
    private final AtomicBoolean lossSeen = new AtomicBoolean();
    private volatile @Nullable Running running;
    private volatile boolean tried;

    /** What there is once the attempt has begun; never changed. */
    private record Running(int attempt, EventWriter writer, ProgressThrottle progress) {}

    Attempt(AgentRunner runner, RunnerPorts ports, FollowedRun followed, Agent agent) {
        this.runner = runner;
        this.ports = ports;
        this.agent = agent;
        watch = new RunWatch(ports.store(), ports.timers(), followed);
        RunRecord run = followed.record();
        agentName = run.spec().agent();
        runId = run.runId();
        stop = new StopSignal(this::spawn);
        lane = ports.pool().open();
        thread = virtual(this);
    }

    void start() {
        thread.start();
    }

    String runId() {
        return runId;
    }

    /** Lets go of the run. */
    void close() {
        watch.close();
    }

    private Thread virtual(Runnable task) {
        Thread made = Thread.ofVirtual().name("run " + runId).unstarted(task);
        made.setContextClassLoader(agent.getClass().getClassLoader());
        return made;
    }

    private void spawn(Runnable action) {
        virtual(() -> runLogged(action)).start();
    }

    private void runLogged(Runnable action) {
        try {
            action.run();
        } catch (RunCancelledException over) {
            LOG.debug("run {}: an onCancel action came after the end", runId);
        } catch (Throwable fault) {
            LOG.warn("run {}: an onCancel action of agent {} failed", runId, agentName, fault);
        }
    }

    @Override
    public void run() {
        try {
            Optional<RunRecord> begun = begin();
            tried = true;
            begun.ifPresent(this::work);
        } catch (RunCancelledException givenUp) {
            LOG.debug("run {}: {}", runId, givenUp.getMessage());
        } catch (Throwable fault) {
            LOG.error("run {}: the attempt broke off", runId, fault);
        } finally {
            lane.close();
            runner.left(this);
        }
    }

    /** Takes the run; empty where it is not there to be taken any more. */
    private Optional<RunRecord> begin() {
        return runner.patience()
                .insist(runId, () -> ports.store().beginAttempt(runId), again -> false, runner::isDraining);
    }

    private void work(RunRecord begun) {
        EventWriter writer =
                new EventWriter(ports.store(), runner.patience(), stop, runId, begun.attempt(), runner.maxEventBytes());
        ProgressThrottle progress =
                new ProgressThrottle(ports.clock(), ports.timers(), () -> spawn(this::sendProgress));
        watch.began(begun);
        running = new Running(begun.attempt(), writer, progress);
        Throwable thrown;
        try {
            watch.listen(this::look);
            look();
            thrown = runAgent(context(running));
            end(running, thrown);
        } finally {
            watch.stopListening();
            stop.tellNobody();
            leave();
        }
    }

    private RunContext context(Running now) {
        JsonBytes input = runner.patience()
                .insist(runId, () -> ports.store().findInput(runId), again -> false, stop::isPressed)
                .orElseThrow(() -> new RunCancelledException("the run is gone"));
        return new AttemptContext(
                runId,
                now.attempt(),
                new JsonInput(input, ports.codec()),
                ports.codec(),
                now.writer(),
                now.progress(),
                stop,
                this::look,
                this::runLogged,
                lane);
    }

    private void sendProgress() {
        Running now = running;
        if (now != null) {
            now.writer().writeIfAny(EventType.STATUS, now.progress()::take);
        }
    }

    /** What the agent threw, or null. */
    private @Nullable Throwable runAgent(RunContext context) {
        stop.enter();
        try {
            agent.run(context);
            return null;
        } catch (Throwable thrown) {
            return thrown;
        } finally {
            stop.leave();
        }
    }

    /** Writes the end that the agent has not written itself. */
    private void end(Running now, @Nullable Throwable thrown) {
        // Before the record is looked at, which tells whether it was a cancel that told it.
        boolean wasTold = stop.isTold();
        RunRecord run = watch.record();
        boolean isOver = watch.isLost() || now.writer().hasEnded();
        boolean isLeftForLater = wasTold && !run.stop().isRequested();
        if (thrown != null && (isOver || isLeftForLater || run.stop().isRequested())) {
            AttemptEnd.afterEnd(runId, agentName, thrown);
        }
        if (isOver || isLeftForLater) {
            return;
        }
        if (run.stop().isRequested()) {
            write(now, EventType.ERROR, AttemptEnd.stopped(thrown));
        } else if (thrown == null) {
            write(now, EventType.COMPLETE, NULL);
        } else {
            write(now, EventType.ERROR, AttemptEnd.failed(runId, agentName, thrown));
        }
    }

    private void write(Running now, EventType type, JsonBytes data) {
        try {
            now.writer().end(type, data, now.progress()::take);
        } catch (RuntimeException refused) {
            LOG.debug("run {}: its end was not stored as it was meant", runId, refused);
        }
    }

    /** Whether the run's end is still this attempt's to bring about, so that somebody has to see to it. */
    boolean isUnsettled() {
        Running now = running;
        return now != null
                && !now.writer().isSettled()
                && !watch.isLost()
                && !watch.record().stop().isRequested();
    }

    /** Tells the store that nobody works on this attempt any more. */
    CompletionStage<Optional<RunState>> lose(String message) {
        Running now = Objects.requireNonNull(running);
        return ports.store().loseWorker(runId, now.attempt(), message);
    }

    /** Whether a fault kept the store from deciding whether this attempt may begin. */
    boolean isUntried() {
        return !tried && watch.record().state().isWaiting();
    }

    /** Sees whether the run was asked to stop, has ended, or was given to another. Never blocks. */
    void look() {
        Running now = running;
        if (now == null) {
            return;
        }
        if (watch.isLost()) {
            lossSeen(now);
        } else if (watch.record().stop().isRequested()) {
            tellToStop(true);
        }
    }

    private void lossSeen(Running now) {
        if (!lossSeen.compareAndSet(false, true)) {
            return;
        }
        ports.timers().schedule(STUCK_AFTER_MILLIS, this::countIfStuck);
        if (now.writer().isEnding()) {
            stop.tellNobody();
        } else {
            tellToStop(true);
        }
    }

    /** The process is about to stop: the agent may still write, and is not interrupted before {@link #press}. */
    void tellOfDrain() {
        tellToStop(false);
    }

    void press() {
        stop.press();
    }

    private void tellToStop(boolean interruptLater) {
        boolean first = stop.tell();
        RunRecord run = watch.record();
        if (interruptLater && interruptComes.compareAndSet(false, true)) {
            ports.timers().schedule(INTERRUPT_AFTER_MILLIS, stop::press);
        }
        if (first) {
            lane.close();
            if (run.stop().isRequested()) {
                long sinceRequest = ports.clock().millis() - run.stop().atMillis();
                ports.observer().stopSeenByWorker(run, Math.max(0, sinceRequest));
            }
        }
    }

    private synchronized void countIfStuck() {
        if (hasLeft || isStuck) {
            return;
        }
        isStuck = true;
        runner.stuckAgents(1);
        StringBuilder stack = new StringBuilder();
        for (StackTraceElement frame : thread.getStackTrace()) {
            stack.append("\n\tat ").append(frame);
        }
        LOG.warn(
                "run {}: agent {} goes on although its run has ended or is another's, and keeps its place:{}",
                runId,
                agentName,
                stack);
    }

    private synchronized void leave() {
        hasLeft = true;
        if (isStuck) {
            runner.stuckAgents(-1);
            LOG.info("run {}: agent {} has left at last", runId, agentName);
        }
    }
}
