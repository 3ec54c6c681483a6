package dev.runstream.core.simulation;

/** Somebody who does a little at a time. */
interface Actor {
    /** Does the next thing, if there is one to be done now. */
    void step(World world);

    /** Whether it has nothing more to do, ever. */
    boolean isDone();

    /** The process it talked to has died: what it had asked is never answered. */
    void crashed(World world);

    /** From now on it is to come to an end. */
    default void finish() {}
}
