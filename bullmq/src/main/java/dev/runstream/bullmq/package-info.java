/** Jobs of BullMQ queues as runs: read from the queues' streams, started and cancelled by their keys. */
@org.jspecify.annotations.NullMarked
package dev.runstream.bullmq;
