package dev.runstream.core.simulation;

import dev.runstream.core.testing.FakeClock;
import dev.runstream.core.testing.FakeTimers;
import dev.runstream.core.time.Timers;

/** The timers as a store sees them, with the faults that are planted there. */
record SimTimers(FakeTimers real, FakeClock clock, World world) implements Timers {
    @Override
    public long nowMillis() {
        return world.plant == Plant.TRUSTS_THE_WALL_CLOCK ? clock.millis() : real.nowMillis();
    }

    @Override
    public Timer schedule(long delayMillis, Runnable task) {
        return world.planted(Plant.LOSES_A_TIMER, 30) ? () -> {} : real.schedule(delayMillis, task);
    }
}
