package dev.runstream.store.sqlite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What threads of the store are to do, in the order handed in. Any thread hands in, without waiting.
 *
 * <p>It has no bound of its own: whoever hands something in waits for its outcome before the next, so it holds no more
 * than there are callers.
 */
final class Inbox<T> {
    // under this object's lock
    private final Deque<T> items = new ArrayDeque<>();
    /** At how many who waits wants to be told. */
    private int wanted = 1;

    private boolean closed;

    /** Hands something in; false once the inbox is closed. */
    synchronized boolean offer(T item) {
        if (closed) {
            return false;
        }
        items.add(item);
        if (items.size() == wanted) {
            notify();
        }
        return true;
    }

    /** Waits until there is something, and takes it, at most so many; empty once the inbox is closed and empty. */
    synchronized List<T> take(int most) {
        awaitSome(1, 0);
        return poll(most);
    }

    /**
     * Does so too, and waits a little for as many as are wanted. While things keep coming it is woken once for them all.
     * For an inbox that one thread takes from.
     *
     * @param lingerMillis how long something that is there waits for more at the most
     */
    synchronized List<T> take(int most, int wanted, long lingerMillis) {
        awaitSome(wanted, lingerMillis);
        if (items.isEmpty()) {
            awaitSome(1, 0);
            awaitSome(wanted, lingerMillis);
        }
        return poll(most);
    }

    /** Waits until there are so many or the inbox is closed, for ever or so long. */
    private void awaitSome(int count, long millis) {
        long begin = System.nanoTime();
        wanted = count;
        while (items.size() < count && !closed) {
            long left = millis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            if (millis > 0 && left <= 0) {
                break;
            }
            try {
                wait(millis == 0 ? 0 : left);
            } catch (InterruptedException nobodyDoes) {
                // The threads of the store are its own, and end when the inbox is closed.
            }
        }
        wanted = 1;
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
