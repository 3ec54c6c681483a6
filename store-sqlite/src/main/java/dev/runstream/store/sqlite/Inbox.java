package dev.runstream.store.sqlite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What threads of the store are to do, in the order handed in. Any thread hands in, without waiting.
 *
 * <p>It has no bound of its own: whoever hands something in waits for its outcome before the next, so it holds no more
 * than there are callers.
 */
final class Inbox<T> {
    // under this object's lock
    private final Deque<T> items = new ArrayDeque<>();
    private boolean closed;

    /** Hands something in; false once the inbox is closed. */
    synchronized boolean offer(T item) {
        if (closed) {
            return false;
        }
        items.add(item);
        if (items.size() == 1) {
            notify();
        }
        return true;
    }

    /** Waits until there is something, and takes it, at most so many; empty once the inbox is closed and empty. */
    synchronized List<T> take(int most) {
        while (items.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException nobodyDoes) {
                // The threads of the store are its own, and end when the inbox is closed.
            }
        }
        return poll(most);
    }

    /** Takes what is there, at most so many. */
    synchronized List<T> poll(int most) {
        List<T> taken = new ArrayList<>(Math.min(most, items.size()));
        while (!items.isEmpty() && taken.size() < most) {
            taken.add(items.poll());
        }
        if (!items.isEmpty()) {
            notify();
        }
        return taken;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Takes nothing more in; what is in it can still be taken. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
