package dev.runstream.core.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells one attempt's agent to stop: first by word, then by an interrupt. Safe for any thread; never blocks.
 *
 * <p>What the agent wants done at the first word is done on threads of its own, so that no action waits for another.
 */
final class StopSignal {
    private final Consumer<Runnable> spawn;

    // under this object's lock
    private final List<Runnable> actions = new ArrayList<>();
    private @Nullable Thread worker;

    // shared: written under the lock
    private volatile boolean told;
    private volatile boolean pressed;

    /** @param spawn runs an action on a thread that may block */
    StopSignal(Consumer<Runnable> spawn) {
        this.spawn = spawn;
    }

    /** Whether the agent has been told to stop, or has nothing to do any more. */
    boolean isTold() {
        return told;
    }

    /** Whether the time for going on has passed too, so that nothing waits any longer for the agent's sake. */
    boolean isPressed() {
        return pressed;
    }

    /** Tells the agent; false where it had been told before. */
    boolean tell() {
        List<Runnable> due;
        synchronized (this) {
            if (told) {
                return false;
            }
            told = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(spawn);
        return true;
    }

    /** The agent has ended its run itself: it is to stop, but there is nothing to be done about it. */
    synchronized void tellNobody() {
        told = true;
        actions.clear();
    }

    /** Interrupts the agent, now or as soon as it begins. */
    synchronized void press() {
        pressed = true;
        if (worker != null) {
            worker.interrupt();
        }
    }

    /** Registers what to do at the first word; false where that has passed. */
    synchronized boolean register(Runnable action) {
        return !told && actions.add(action);
    }

    /** The current thread enters the agent. */
    synchronized void enter() {
        worker = Thread.currentThread();
        if (pressed) {
            worker.interrupt();
        }
    }

    /** The current thread has left the agent: no interrupt reaches it any more, and none is left standing. */
    synchronized void leave() {
        worker = null;
        Thread.interrupted();
    }
}
