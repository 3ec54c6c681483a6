package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One master: its two connections, and the probe that watches them.
 *
 * <p>Confined to the control thread, but for what says otherwise.
 */
final class Master {
    /** Is told on the control thread, but for messages. */
    interface Owner extends PubSubConnection.Owner {
        /** A command came back unsent, since this master was given up. Any thread. */
        void homeless(SentCommand<?, ?, ?> command);

        /** Perhaps there is another master now. */
        void suspect();

        /** Something was found out that health rests on. */
        void looked();
    }

    // immutable
    private final Place place;
    private final ControlThread control;
    private final Owner owner;
    private final CommandConnection commands;
    private final PubSubConnection pubSub;
    private final Probe probe;
    // control thread only
    private @Nullable Subscription probing;
    private boolean listensAlready;
    // written on the control thread, read on any
    private volatile Optional<RedisRefusedException> refusal = Optional.empty();
    private volatile Optional<Keeping> keeping = Optional.empty();

    Master(Dialer dialer, Place place, boolean sharded, LinkSettings settings, Timers timers, Owner owner) {
        this.place = place;
        this.owner = owner;
        control = dialer.control();
        commands = new CommandConnection(dialer, place, timers, new Commands(), owner::homeless);
        pubSub = new PubSubConnection(dialer, place, sharded, timers, new Messages());
        probe = new Probe(commands, pubSub, sharded, settings, timers, control, owner::looked);
    }

    private final class Commands implements CommandConnection.Owner {
        @Override
        public void commandsUp(ServerInfo info, RedisAsyncCommands<String, byte[]> connection) {
            connection.configGet("appendfsync").whenComplete((answer, fault) -> {
                String appendfsync = fault == null ? answer.get("appendfsync") : null;
                keeping = Optional.of(new Keeping(
                        info.version(),
                        info.appendonly(),
                        appendfsync == null ? Keeping.UNKNOWN : appendfsync,
                        info.maxmemoryPolicy()));
            });
            probe.ask();
        }

        @Override
        public void commandsDown() {
            owner.suspect();
        }
    }

    private final class Messages implements PubSubConnection.Owner {
        @Override
        public void message(String channel, byte[] message) {
            if (probe.isMine(channel)) {
                control.execute(probe::heard);
            } else {
                owner.message(channel, message);
            }
        }

        @Override
        public void back() {
            owner.back();
        }

        @Override
        public void misplaced(Subscription subscription) {
            if (subscription == probing) {
                owner.suspect();
            } else {
                owner.misplaced(subscription);
            }
        }

        @Override
        public void refused(Subscription subscription, RuntimeException why) {
            if (subscription == probing && why instanceof RedisRefusedException refused) {
                refusal = Optional.of(refused);
            } else {
                owner.refused(subscription, why);
            }
        }
    }

    CommandConnection commands() {
        return commands;
    }

    PubSubConnection pubSub() {
        return pubSub;
    }

    Probe probe() {
        return probe;
    }

    void connect() {
        commands.connection().connect();
    }

    /** Leaves this server if it is not the one that ought to be master. */
    void moveTo(HostPort master) {
        for (RenewedConnection<?> it : List.of(commands.connection(), pubSub.connection())) {
            if (it.live() != null
                    && it.reachedAt() instanceof Place.Hosts at
                    && !at.hosts().contains(master)) {
                it.drop("the master is at " + master + " now");
            }
        }
    }

    /** A reply says that this server takes no writes any more. Any thread. */
    void becameReplica() {
        var answered = commands.live();
        control.execute(() -> {
            if (commands.connection().isLive(answered)) {
                commands.connection().drop("the server is a replica now");
                pubSub.connection().drop("the server is a replica now");
            }
        });
    }

    /** Makes the pub/sub connection if there is none yet, and probes on this channel from now on. */
    void listen(String channel) {
        Subscription old = probing;
        if (old != null && old.channel.equals(channel)) {
            return;
        }
        if (old != null) {
            pubSub.remove(old);
        } else if (!listensAlready) {
            listensAlready = true;
            pubSub.connection().connect();
        }
        Subscription mine = new Subscription(channel);
        probing = mine;
        probe.listen(channel);
        pubSub.add(mine);
        mine.acknowledged.thenRun(probe::ask);
    }

    /** There is no slot left here that a channel could be in, so that no message has to arrive. */
    void listenNoMore() {
        Subscription old = probing;
        if (old != null) {
            probing = null;
            probe.listen("");
            pubSub.remove(old);
        }
    }

    /** Why it will not serve us, where trying again does not change that. Any thread. */
    Optional<RedisRefusedException> refusal() {
        return commands.connection()
                .refusal()
                .or(() -> pubSub.connection().refusal())
                .or(() -> refusal)
                .or(probe::refusal);
    }

    /** As read when the command connection was made; empty until then. Any thread. */
    Optional<Keeping> keeping() {
        return keeping;
    }

    /** Both connections have worked once. Any thread. */
    boolean isProven() {
        return keeping.isPresent() && probe.isProven();
    }

    CompletableFuture<Void> close() {
        return CompletableFuture.allOf(pubSub.close(), commands.close());
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
