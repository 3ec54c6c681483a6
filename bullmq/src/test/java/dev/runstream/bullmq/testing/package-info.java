/** Real queues and workers of BullMQ, for tests of this module and of others. */
@org.jspecify.annotations.NullMarked
package dev.runstream.bullmq.testing;
