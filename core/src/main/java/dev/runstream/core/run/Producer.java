package dev.runstream.core.run;

/**
 * Numbers the events of one request, so that a retry stores nothing twice.
 *
 * @param id who sends; 1–128 characters
 * @param epoch raised by the sender whenever it starts anew; from 0
 * @param seq the number of the first event of the request; each further one takes the next
 */
public record Producer(String id, long epoch, long seq) {
    /** The name under which agents of ours number their events; the epoch is the attempt. */
    public static final String AGENT = "agent";

    /** The name under which it is kept what was copied last from the stream of a queue; see {@link RunRecord#copiedTo}. */
    public static final String SOURCE = "source";

    /** The name under which it is kept which batch of a job was copied last; see {@link SourceStep.BatchNumber}. */
    public static final String BATCH = "batch";
}
