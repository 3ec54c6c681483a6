package dev.runstream.core.simulation;

/** Faults of the kinds that such stores had in production, planted to show that the simulation sees them. */
enum Plant {
    NOTHING,
    /** Events become visible before they are stored, and a crash between takes them back. */
    SHOWS_BEFORE_IT_STORES,
    /** Steps of one commit are all decided on the run as it was before the commit. */
    DECIDES_ON_AN_OLD_RECORD,
    /** A commit is acknowledged and forgotten by a crash of the machine, and the log keeps its epoch. */
    FORGETS_UNDER_THE_SAME_EPOCH,
    /** A change sometimes wakes nobody. */
    LOSES_A_WAKE_UP,
    /** A timer sometimes never comes. */
    LOSES_A_TIMER,
    /** A reader that comes back begins at the live tail. */
    JOINS_AT_THE_TAIL,
    /** A retried batch loses its producer's number on the way. */
    FORGETS_THE_PRODUCER,
    /** Ended runs are deleted though somebody reads them. */
    DELETES_WHAT_IS_READ,
    /** Memory goes back although a socket still writes from it. */
    FREES_MEMORY_IN_USE,
    /** What was stored under a failing commit is published all the same. */
    PUBLISHES_WHAT_FAILED,
    /** A cancel that meets a busy store is answered and dropped. */
    DROPS_A_CANCEL,
    /** Deadlines follow the wall clock wherever it is set. */
    TRUSTS_THE_WALL_CLOCK
}
