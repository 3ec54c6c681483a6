package dev.runstream.bullmq;

/** A job by its queue and its id there. */
record JobRef(String queue, String jobId) {}
