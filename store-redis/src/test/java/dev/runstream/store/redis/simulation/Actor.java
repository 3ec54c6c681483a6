package dev.runstream.store.redis.simulation;

/** Somebody who does a little at a time. */
interface Actor {
    /** Does the next thing, if there is one to be done now. */
    void step();

    /** Whether it has nothing more to do, ever. */
    boolean isDone();

    /** A process has died: what it was asked is never answered. */
    void died(SimProcess process);

    /** From now on it is to come to an end. */
    default void finish() {}
}
