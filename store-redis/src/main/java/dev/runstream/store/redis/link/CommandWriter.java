package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ConnectionFacade;
import io.lettuce.core.protocol.PushHandler;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where Lettuce's command interface writes to: hands each command to the master that has its first key. Safe for any
 * thread.
 */
final class CommandWriter implements RedisChannelWriter, PushHandler {
    private final ClientResources resources;
    private final Masters masters;
    private final Timers timers;
    private final long patienceMillis;

    CommandWriter(ClientResources resources, Masters masters, Timers timers, long patienceMillis) {
        this.resources = resources;
        this.masters = masters;
        this.timers = timers;
        this.patienceMillis = patienceMillis;
    }

    @Override
    public <K, V, T> RedisCommand<K, V, T> write(RedisCommand<K, V, T> command) {
        masters.send(new SentCommand<>(command, masters, slot(command), timers.nowMillis() + patienceMillis));
        return command;
    }

    @Override
    public <K, V> Collection<RedisCommand<K, V, ?>> write(Collection<? extends RedisCommand<K, V, ?>> commands) {
        commands.forEach(this::write);
        return new ArrayList<>(commands);
    }

    private static int slot(RedisCommand<?, ?, ?> command) {
        CommandArgs<?, ?> args = command.getArgs();
        ByteBuffer key = args == null ? null : args.getFirstEncodedKey();
        return key == null ? -1 : SlotHash.getSlot(key);
    }

    @Override
    public void setConnectionFacade(ConnectionFacade connection) {}

    @Override
    public void setAutoFlushCommands(boolean autoFlush) {
        throw new UnsupportedOperationException("commands leave at once");
    }

    @Override
    public void flushCommands() {}

    @Override
    public ClientResources getClientResources() {
        return resources;
    }

    @Override
    public void addListener(PushListener listener) {}

    @Override
    public void removeListener(PushListener listener) {}

    @Override
    public List<PushListener> getPushListeners() {
        return List.of();
    }

    @Override
    public void close() {}

    @Override
    public CompletableFuture<Void> closeAsync() {
        return CompletableFuture.completedFuture(null);
    }
}
