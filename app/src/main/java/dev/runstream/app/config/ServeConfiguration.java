package dev.runstream.app.config;

import dev.runstream.bullmq.QueueSettings;
import java.util.Optional;

/**
 * All that `serve` was told, checked: each value makes sense by itself and beside the others. Immutable.
 *
 * @param maxInputBytes the largest input of a run
 * @param queues the BullMQ queues to follow, only where the store is a Redis
 */
public record ServeConfiguration(
        ListenSettings listen,
        StreamSettings streams,
        int maxInputBytes,
        Optional<QueueSettings> queues,
        WorkConfiguration work) {}
