package dev.runstream.store.redis;

import dev.runstream.core.log.LogState;
import dev.runstream.core.run.RunRecord;

/**
 * A run as Redis has it.
 *
 * @param log what its log holds
 * @param revision moves with every change of the run but the growth of its log and the numbers of its producers
 * @param heardMillis when its worker was last heard of, by the shared clock; 0 for never
 * @param goneMillis since when no node had readers, as far as one that had them has told; 0 for never
 * @param keptUntilMillis until when somebody reads it though its time is over; 0 for nobody
 * @param queueEntry where it was last put into its agent's waiting line; empty for never
 */
record StoredRun(
        RunRecord record,
        LogState log,
        long revision,
        long heardMillis,
        long goneMillis,
        long keptUntilMillis,
        String queueEntry) {
    String runId() {
        return record.runId();
    }
}
