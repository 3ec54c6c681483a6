package dev.runstream.agents.fund;

/** The speed of late, smoothed over about two seconds. Confined to one thread. */
final class Throughput {
    private static final double MEMORY_NANOS = 2e9;
    private static final double NANOS_A_SECOND = 1e9;

    private final long startedAt;
    private long lastAt;
    private long lastDone;
    private double perNano;

    Throughput(long now) {
        startedAt = now;
        lastAt = now;
    }

    void reached(long done, long now) {
        if (now > lastAt) {
            double latest = (double) (done - lastDone) / (double) (now - lastAt);
            // While the run is young its whole age is remembered, so that the first figure is no guess.
            double memory = Math.min(MEMORY_NANOS, (double) (now - startedAt));
            double weight = Math.min(1, (double) (now - lastAt) / memory);
            perNano += weight * (latest - perNano);
            lastAt = now;
            lastDone = done;
        }
    }

    long perSecond() {
        return Math.round(perNano * NANOS_A_SECOND);
    }
}
