package dev.runstream.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How a worker publishes. Immutable; each method returns a changed copy.
 *
 * @param producerId who publishes; one is made where empty
 * @param producerEpoch which life of that producer this is; a greater one shuts out those before
 * @param linger how long an event may wait for others to share its request; 20 ms
 * @param maxBatchBytes how large one request becomes, unless a single event is larger; 64 KiB
 * @param queueBytes how much may wait to be sent before publishing blocks; 1 MiB
 * @param callEvery after so long without an event, the server is called all the same: it renews the lease and says
 *     whether a cancel was asked. 5 s; keep it well below the lease
 * @param giveUpAfter for how long one request is repeated while the server cannot be reached; 5 min
 */
public record PublishOptions(
        Optional<String> producerId,
        long producerEpoch,
        Duration linger,
        int maxBatchBytes,
        int queueBytes,
        Duration callEvery,
        Duration giveUpAfter) {
    /** A producer of its own, in its first life. */
    public static final PublishOptions DEFAULT = new PublishOptions(
            Optional.empty(),
            0,
            Duration.ofMillis(20),
            64 * 1024,
            1024 * 1024,
            Duration.ofSeconds(5),
            Duration.ofMinutes(5));

    /** Refuses limits that leave no room to work. */
    public PublishOptions {
        if (producerEpoch < 0 || linger.isNegative() || giveUpAfter.isNegative()) {
            throw new IllegalArgumentException("producerEpoch, linger and giveUpAfter must not be negative: "
                    + producerEpoch + ", " + linger + ", " + giveUpAfter);
        }
        if (maxBatchBytes < 1
                || queueBytes < 1
                || queueBytes > 1 << 30
                || callEvery.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(
                    "maxBatchBytes, queueBytes and callEvery must be positive, and queueBytes" + " at most 1 GiB: "
                            + maxBatchBytes + ", " + queueBytes + ", " + callEvery);
        }
    }

    /** Publishes as the producer {@code id} in its life {@code epoch}; each life counts its events from 0. */
    public PublishOptions producer(String id, long epoch) {
        return new PublishOptions(Optional.of(id), epoch, linger, maxBatchBytes, queueBytes, callEvery, giveUpAfter);
    }

    /** Lets an event wait so long for others. */
    public PublishOptions withLinger(Duration most) {
        return new PublishOptions(producerId, producerEpoch, most, maxBatchBytes, queueBytes, callEvery, giveUpAfter);
    }

    /** Sends requests of about this size. */
    public PublishOptions withMaxBatchBytes(int most) {
        return new PublishOptions(producerId, producerEpoch, linger, most, queueBytes, callEvery, giveUpAfter);
    }

    /** Lets so much wait before publishing blocks. */
    public PublishOptions withQueueBytes(int most) {
        return new PublishOptions(producerId, producerEpoch, linger, maxBatchBytes, most, callEvery, giveUpAfter);
    }

    /** Calls the server at least this often. */
    public PublishOptions withCallEvery(Duration most) {
        return new PublishOptions(producerId, producerEpoch, linger, maxBatchBytes, queueBytes, most, giveUpAfter);
    }

    /** Repeats a request for so long. */
    public PublishOptions withGiveUpAfter(Duration most) {
        return new PublishOptions(producerId, producerEpoch, linger, maxBatchBytes, queueBytes, callEvery, most);
    }
}
