package dev.runstream.store.redis;

import dev.runstream.store.redis.link.RedisLink;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands on what comes in from Redis to whom it concerns. */
final class Incoming implements RedisLink.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Incoming.class);

    private final RunKeys keys;
    private final Authority.Listener runs;
    private final Runnable queueArrival;

    Incoming(RunKeys keys, Authority.Listener runs, Runnable queueArrival) {
        this.keys = keys;
        this.runs = runs;
        this.queueArrival = queueArrival;
    }

    @Override
    public void message(String channel, byte[] message) {
        if (channel.equals(keys.queueChannel())) {
            queueArrival.run();
        } else {
            keys.runOfChannel(channel).ifPresent(runId -> told(runId, message));
        }
    }

    private void told(String runId, byte[] message) {
        try {
            Optional<LiveMessage> parsed = LiveMessage.parse(message);
            parsed.ifPresentOrElse(told -> runs.told(runId, told), () -> runs.renewed(runId));
        } catch (RuntimeException fault) {
            LOG.warn("run {}: a message could not be taken in; the run is loaded instead", runId, fault);
            runs.renewed(runId);
        }
    }

    @Override
    public void subscriptionsBack() {
        runs.mayHaveMissed();
        queueArrival.run();
    }

    @Override
    public void reachable(boolean now) {
        if (now) {
            runs.mayHaveMissed();
        }
    }
}
