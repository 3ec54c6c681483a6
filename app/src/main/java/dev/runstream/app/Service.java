package dev.runstream.app;

/** What a command runs until it is told to stop. Safe for any thread. */
interface Service {
    /** Says in one line that it is ready, and for what. */
    String readyLine();

    /** Lets what is going on end, and stops. Returns at once; may be called again. */
    void drain();

    /** Waits until it has stopped. */
    void awaitEnd() throws InterruptedException;

    /**
     * Makes services.
     *
     * @param <C> what they are told
     */
    @FunctionalInterface
    interface Start<C> {
        /**
         * Starts one; it does its work when this returns.
         *
         * @throws StartFailedException if it cannot start; nothing of it is left then
         */
        Service start(C configuration);
    }
}
