package dev.runstream.core.run;

/** Is told what happens to runs, for metrics. Called on the threads that do the work: must be quick and not block. */
public interface RunObserver {
    RunObserver NONE = new RunObserver() {};

    /** A run was created, or found open at the start. */
    default void opened(RunRecord run) {}

    default void changed(RunRecord before, RunRecord after) {}

    /** A worker has been told that its run is to stop. */
    default void stopSeenByWorker(RunRecord run, long millisSinceRequest) {}

    /** How long the store took to make a change durable. */
    default void stored(long nanos) {}
}
