package dev.runstream.store.redis;

/** Faults of the kinds that such stores have, planted to show that the simulation sees them. */
public enum Plant {
    NOTHING,
    /** The end of a run's log is never compared with what is read here. */
    NO_POSITION_CHECK,
    /** Who begins to read takes the copy as it is. */
    FOLLOWS_WITHOUT_COMPARING,
    /** A message is taken as the next one, whatever was missed before it. */
    TAKES_MESSAGES_OUT_OF_SEQUENCE,
    /** A commit that is asked for again is stored again. */
    FORGETS_COMMIT_NUMBERS,
    /** A commit is stored whatever has become of the run since it was decided. */
    IGNORES_THE_REVISION,
    /** A commit is stored whatever numbers its producers have used meanwhile. */
    IGNORES_THE_PRODUCERS,
    /** A log that has lost its end goes on under the epoch that it had. */
    KEEPS_THE_EPOCH_AFTER_A_LOSS,
    /** Whoever finds that another server has a run takes it to be the same. */
    TRUSTS_ANY_SERVER,
    /** When a worker was last heard of is remembered, and not asked for. */
    REMEMBERS_THE_LEASE,
    /** What was taken from a waiting line is out of it before the run has begun. */
    ACKNOWLEDGES_BEFORE_THE_BEGIN,
    /** Who waits in a line for a process that has died waits for ever. */
    NEVER_CLAIMS_WHAT_WAS_ABANDONED,
    /** A process that stops takes with it what it had taken from a waiting line. */
    LEAVES_WITH_WHAT_IT_HOLDS,
    /** A page of events begins with the first that is still there. */
    SKIPS_WHAT_IS_MISSING,
    /** Nobody is told that a subscription is not wanted any more. */
    NEVER_UNSUBSCRIBES,
    /** A cancel is stored and no token set. */
    SETS_NO_TOKEN,
    /** What is due is never asked for. */
    LOSES_DEADLINES,
    /** Eviction forgets that the latest partial stays. */
    EVICTS_THE_PARTIAL
}
