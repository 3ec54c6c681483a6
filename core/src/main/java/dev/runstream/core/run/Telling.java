package dev.runstream.core.run;

/**
 * How a store tells of what one commit brought: who listens to runs is told, and who waits for an outcome gets it, all
 * within one call and on one thread. So whoever passes that on to other threads can do it for all at once.
 */
@FunctionalInterface
public interface Telling {
    Telling DIRECT = Runnable::run;

    /** Runs what tells, once, before it returns. */
    void tell(Runnable all);
}
