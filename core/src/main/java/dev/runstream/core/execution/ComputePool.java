package dev.runstream.core.execution;

import dev.runstream.core.agent.RunCancelledException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The platform threads on which all runs compute, since a virtual thread that computes keeps others from starting.
 *
 * <p>Fair between runs: each run has a lane, and the lanes take turns, one batch each, however many batches a run hands
 * in at once. So a run waits until one of the batches under way ends, and then for at most one batch of each other run,
 * shared among the threads. Event loops need no core kept free: a thread that wakes up after waiting goes before those
 * that have been computing. Safe for any thread.
 */
public final class ComputePool implements AutoCloseable {
    // immutable
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();

    // under this lock
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Deque<Lane> turns = new ArrayDeque<>();
    private boolean closed;

    /** Threads of this number, as many as there are cores. */
    public ComputePool(int threads) {
        this(threads, Thread.ofPlatform().daemon().name("compute-", 1).factory());
    }

    /** As above, with threads of one's own. */
    public ComputePool(int threads, ThreadFactory factory) {
        for (int i = 0; i < threads; i++) {
            Thread worker = factory.newThread(this::workUntilClosed);
            workers.add(worker);
            worker.start();
        }
    }

    /** A lane for one run. It costs nothing while nothing is in it. */
    Lane open() {
        return new Lane();
    }

    private void workUntilClosed() {
        while (runNext()) {
            // What a batch did to its own thread must not reach the next one.
            Thread.interrupted();
        }
    }

    /** In a method of its own, so that a thread that waits holds nothing of the run it last computed for. */
    private boolean runNext() {
        Batch<?> next = take();
        if (next == null) {
            return false;
        }
        next.run();
        return true;
    }

    private @Nullable Batch<?> take() {
        lock.lock();
        try {
            while (turns.isEmpty()) {
                if (closed) {
                    return null;
                }
                work.awaitUninterruptibly();
            }
            Lane lane = turns.remove();
            Batch<?> batch = lane.queue.remove();
            if (!lane.queue.isEmpty()) {
                turns.add(lane);
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the threads end after what they have begun; batches that wait are left out. */
    @Override
    public void close() {
        List<Lane> left;
        lock.lock();
        try {
            closed = true;
            left = List.copyOf(turns);
            work.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(Lane::close);
    }

    /** One run's place in the pool. */
    final class Lane {
        // under the pool's lock
        private final Deque<Batch<?>> queue = new ArrayDeque<>();
        private boolean laneClosed;

        /**
         * Runs batches and waits for all. Once one has failed, those that have not begun are left out.
         *
         * @throws RunCancelledException if the lane was closed before all had begun
         * @throws Exception what the first failing batch threw
         */
        <T extends @Nullable Object> List<T> runAll(Collection<? extends Callable<T>> batches) throws Exception {
            BatchGroup group = new BatchGroup(this::leaveOut);
            List<Batch<T>> handedIn = new ArrayList<>(batches.size());
            batches.forEach(batch -> handedIn.add(new Batch<>(batch, group)));
            if (workers.contains(Thread.currentThread())) {
                // A batch that waited for batches would take a thread from them.
                handedIn.forEach(Batch::run);
            } else {
                enqueue(handedIn);
                group.await(handedIn.size());
            }
            for (Batch<T> batch : handedIn) {
                batch.throwFault();
            }
            List<T> results = new ArrayList<>(handedIn.size());
            for (Batch<T> batch : handedIn) {
                results.add(batch.result());
            }
            return results;
        }

        private void enqueue(List<? extends Batch<?>> batches) {
            lock.lock();
            try {
                if (laneClosed || closed) {
                    throw Batch.leftOut();
                }
                if (queue.isEmpty() && !batches.isEmpty()) {
                    turns.add(this);
                }
                queue.addAll(batches);
                for (int i = Math.min(workers.size(), batches.size()); i > 0; i--) {
                    work.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        /** Takes the batches of a group out that have not begun. */
        private int leaveOut(BatchGroup group) {
            lock.lock();
            try {
                int before = queue.size();
                queue.removeIf(batch -> batch.group() == group);
                if (queue.isEmpty()) {
                    turns.remove(this);
                }
                return before - queue.size();
            } finally {
                lock.unlock();
            }
        }

        /** How many batches wait. */
        int waiting() {
            lock.lock();
            try {
                return queue.size();
            } finally {
                lock.unlock();
            }
        }

        /** Leaves out every batch that has not begun, and takes no others. */
        void close() {
            List<Batch<?>> left;
            lock.lock();
            try {
                laneClosed = true;
                left = List.copyOf(queue);
                queue.clear();
                turns.remove(this);
            } finally {
                lock.unlock();
            }
            left.forEach(batch -> batch.group().leftOut(1));
        }
    }
}
