package dev.runstream.bullmq;

import dev.runstream.core.run.SourceId;
import dev.runstream.store.redis.link.RedisLink;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to where the streams of the queues have been copied, as all processes know it: any of them writes it after what it has
 * copied, so a lower one only means that something is looked at again.
 */
final class Positions {
    private static final Logger LOG = LoggerFactory.getLogger(Positions.class);

    private final RedisLink link;
    private final String key;
    private final String prefix;

    /**
     * @param storePrefix what the keys of the store begin with
     * @param prefix what the keys of the queues begin with
     */
    Positions(RedisLink link, String storePrefix, String prefix) {
        this.link = link;
        key = storePrefix + "bullmq:positions";
        this.prefix = prefix;
    }

    private String field(String queue) {
        return prefix + ":" + queue;
    }

    CompletionStage<SourceId> of(String queue) {
        return link.call(commands -> commands.hget(key, field(queue)))
                .thenApply(stored ->
                        stored == null ? SourceId.NONE : SourceId.parse(new String(stored, StandardCharsets.US_ASCII)));
    }

    /** Returns at once; where it fails, the next one will do. */
    void store(String queue, SourceId id) {
        byte[] value = id.toString().getBytes(StandardCharsets.US_ASCII);
        link.call(commands -> commands.hset(key, field(queue), value)).whenComplete((done, fault) -> {
            if (fault != null) {
                LOG.debug("the position in queue {} could not be stored", queue, fault);
            }
        });
    }
}
