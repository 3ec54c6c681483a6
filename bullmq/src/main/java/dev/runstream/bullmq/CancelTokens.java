package dev.runstream.bullmq;

import dev.runstream.store.redis.link.RedisLink;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cancel tokens of runs, which the store sets and renews while a run has not ended: here for those whose job goes on
 * after that.
 */
final class CancelTokens {
    private static final Logger LOG = LoggerFactory.getLogger(CancelTokens.class);
    private static final Duration LIVES = Duration.ofMinutes(5);

    private final RedisLink link;
    private final String prefix;

    /** @param prefix what the keys of the store begin with */
    CancelTokens(RedisLink link, String prefix) {
        this.link = link;
        this.prefix = prefix;
    }

    private String channel() {
        return prefix + "run:cancel";
    }

    /**
     * Calls an action with the names of runs that are asked to stop, whatever for and by whichever process. That is a hint,
     * which may fail to come.
     */
    void onCancel(Consumer<String> action) {
        link.listener(new RedisLink.Listener() {
            @Override
            public void message(String channel, byte[] message) {
                action.accept(new String(message, StandardCharsets.UTF_8));
            }

            @Override
            public void subscriptionsBack() {}

            @Override
            public void reachable(boolean now) {}
        });
        link.subscribe(channel()).whenComplete((listens, fault) -> {
            if (fault != null) {
                LOG.warn("cancelled jobs that wait are looked for every 30 s only: {}", fault.getMessage());
            }
        });
    }

    private String key(String runId) {
        return prefix + "run:" + runId + ":cancel";
    }

    /** Tells whoever works on a run that it is to stop. */
    CompletionStage<Void> announce(String runId) {
        byte[] name = runId.getBytes(StandardCharsets.UTF_8);
        return link.call(commands -> commands.set(key(runId), new byte[] {'1'}, SetArgs.Builder.ex(LIVES)))
                .thenCompose(set -> link.call(commands -> commands.publish(channel(), name)))
                .thenAccept(told -> {});
    }
}
