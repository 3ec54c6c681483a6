package dev.runstream.bullmq;

import dev.runstream.core.run.SourceId;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisScript;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to where the streams of the queues have been copied, as all processes know it: any of them writes it after what it has
 * copied, and one that has not come as far as another changes nothing.
 */
final class Positions {
    private static final Logger LOG = LoggerFactory.getLogger(Positions.class);

    private static final RedisScript STORE = RedisScript.ofResource(Positions.class, "position.lua");

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

    /** Completes when that is done, also where it has failed: the next one will do. */
    CompletionStage<Void> store(String queue, SourceId id) {
        byte[][] arguments = Stream.of(field(queue), Long.toString(id.millis()), Long.toString(id.seq()))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return link.eval(STORE, ScriptOutputType.VALUE, new String[] {key}, arguments)
                .handle((done, fault) -> {
                    if (fault != null) {
                        LOG.debug("the position in queue {} could not be stored", queue, fault);
                    }
                    return null;
                });
    }

    /** For a queue whose stream was made anew, under lower ids. */
    CompletionStage<Void> forget(String queue) {
        return link.call(commands -> commands.hdel(key, field(queue))).thenAccept(forgotten -> {});
    }
}
