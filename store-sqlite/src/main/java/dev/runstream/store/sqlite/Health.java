package dev.runstream.store.sqlite;

import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.time.Timers;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the last commit worked; while not, a small write is tried every second. Safe for any thread. */
final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final long PROBE_MILLIS = 1_000;

    private final Timers timers;
    private final Runnable probe;
    private final AtomicBoolean probing = new AtomicBoolean();
    private volatile StoreHealth state = StoreHealth.READY;

    /** @param probe hands in a small write, whose outcome comes back to this object */
    Health(Timers timers, Runnable probe) {
        this.timers = timers;
        this.probe = probe;
    }

    StoreHealth state() {
        return state;
    }

    void committed() {
        if (!state.ready()) {
            state = StoreHealth.READY;
            LOG.info("the store can be written again");
        }
    }

    void failed(String message) {
        if (state.ready()) {
            LOG.error("the store cannot be written: {}", message);
        }
        state = new StoreHealth(false, message);
        if (probing.compareAndSet(false, true)) {
            timers.schedule(PROBE_MILLIS, () -> {
                probing.set(false);
                probe.run();
            });
        }
    }
}
