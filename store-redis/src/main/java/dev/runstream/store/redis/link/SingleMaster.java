package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The one master there is, at a fixed address or where the Sentinels say. */
final class SingleMaster implements Masters {
    private final Place place;
    private final Master master;
    private final Resending resending;
    private volatile boolean closed;

    SingleMaster(Dialer dialer, Place place, LinkSettings settings, Timers timers, LinkEvents events) {
        this.place = place;
        resending = new Resending(this, timers);
        master = new Master(dialer, place, false, settings, timers, new MasterOwner(this, events));
    }

    void connect(String probeChannel) {
        master.connect();
        master.listen(probeChannel);
    }

    @Override
    public void send(SentCommand<?, ?, ?> command) {
        if (closed) {
            command.fail(new RedisUnavailableException("the link to Redis is closed"));
        } else {
            master.commands().send(command);
        }
    }

    @Override
    public void answered(SentCommand<?, ?, ?> command, ErrorReply reply) {
        if (reply.meaning() == ErrorReply.Meaning.NO_MASTER) {
            master.becameReplica();
        }
        resending.later(command, reply);
    }

    @Override
    public Optional<Master> of(String channel) {
        return Optional.of(master);
    }

    @Override
    public Collection<Master> all() {
        return List.of(master);
    }

    @Override
    public String trouble() {
        return "";
    }

    @Override
    public void suspect() {}

    @Override
    public void tick() {
        master.probe().tick();
        if (place instanceof Place.BySentinels named) {
            // Where no Sentinel answers there is nothing to go by, and the connections that stand may do.
            named.sentinels().current().thenAccept(master::moveTo);
        }
    }

    @Override
    public CompletableFuture<Void> close() {
        closed = true;
        if (place instanceof Place.BySentinels named) {
            named.sentinels().close();
        }
        return master.close();
    }
}
