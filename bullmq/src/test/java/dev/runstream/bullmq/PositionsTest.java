package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.run.SourceId;
import dev.runstream.core.testing.Stages;
import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.link.LinkSettings;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.testing.RedisServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Up to where queues have been copied, as processes tell each other. */
class PositionsTest {
    private final RedisServer redis = RedisServer.start();
    private final SystemTimers timers = new SystemTimers("positions");
    private final RedisLink link = RedisLink.open(RedisAddress.parse(redis.address()), LinkSettings.DEFAULT, timers);
    private final Positions positions = new Positions(link, "ai:", "bull");

    @AfterEach
    void close() {
        link.close();
        timers.close();
        redis.close();
    }

    private void store(String queue, long millis, long seq) {
        Stages.await(positions.store(queue, new SourceId(millis, seq)));
    }

    private SourceId position() {
        return Stages.await(positions.of("agents"));
    }

    /** Else one that lags would take its own position for that of all, and tell of trimmed events that were copied. */
    @Test
    void areNotTakenBackByWhoeverLags() {
        assertThat(position()).isEqualTo(SourceId.NONE);
        store("agents", 1_795_778_859_165L, 9);
        store("agents", 1_795_778_859_164L, 20);
        store("agents", 1_795_778_859_165L, 8);
        store("others", 5, 0);
        assertThat(position()).isEqualTo(new SourceId(1_795_778_859_165L, 9));
        store("agents", 1_795_778_859_165L, 10);
        assertThat(position()).isEqualTo(new SourceId(1_795_778_859_165L, 10));
    }

    @Test
    void areForgottenWithTheStream() {
        store("agents", 7, 0);
        Stages.await(positions.forget("agents"));
        store("agents", 3, 1);
        assertThat(position()).isEqualTo(new SourceId(3, 1));
    }
}
