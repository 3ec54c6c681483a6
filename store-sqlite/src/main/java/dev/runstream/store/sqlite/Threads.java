package dev.runstream.store.sqlite;

/** Waiting for threads of the store. */
final class Threads {
    private Threads() {}

    /** Waits until a thread has ended; an interrupt is kept for later, since half a stop would be none. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
