package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The masters of a Cluster. Who has which slots is asked of one master after the other: regularly, and at once when a
 * connection breaks or a reply says that a slot has moved.
 *
 * <p>Confined to the control thread, but for what {@link Masters} says otherwise.
 */
final class ClusterMasters implements Masters {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMasters.class);
    private static final long SUSPICION_MILLIS = 200;
    private static final int MAX_REDIRECTS = 5;

    /** A view and the masters of it; one value, so that any thread sees both at once. */
    private record Layout(ClusterView view, Map<HostPort, Master> masters) {
        Optional<Master> of(int slot) {
            return view.owner(slot).map(masters::get);
        }
    }

    // immutable
    private final Dialer dialer;
    private final RedisAddress address;
    private final LinkSettings settings;
    private final Timers timers;
    private final ControlThread control;
    private final LinkEvents events;
    private final Resending resending;
    private final String probeBeginning;
    // control thread only
    private boolean asking;
    private boolean askAgain;
    private int turn;
    private long askedAtMillis;
    // written on the control thread, read on any
    private volatile Layout layout;
    private volatile boolean closed;

    ClusterMasters(
            Dialer dialer,
            RedisAddress address,
            LinkSettings settings,
            Timers timers,
            LinkEvents events,
            ClusterView first,
            String probeBeginning) {
        this.dialer = dialer;
        this.address = address;
        this.settings = settings;
        this.timers = timers;
        this.events = events;
        this.probeBeginning = probeBeginning;
        control = dialer.control();
        resending = new Resending(this, timers);
        layout = new Layout(first, Map.of());
        askedAtMillis = timers.nowMillis();
    }

    /** Connects to all masters of the first view. */
    void connect() {
        apply(layout.view());
    }

    @Override
    public void send(SentCommand<?, ?, ?> command) {
        if (closed) {
            command.fail(new RedisUnavailableException("the link to Redis is closed"));
            return;
        }
        Optional<Master> master = command.slot() < 0 ? anyOf(layout) : layout.of(command.slot());
        if (master.isPresent()) {
            master.get().commands().send(command);
        } else {
            control.execute(this::suspect);
            resending.later(command, ErrorReply.of("CLUSTERDOWN slot " + command.slot() + " has no master"));
        }
    }

    private static Optional<Master> anyOf(Layout layout) {
        Collection<Master> all = layout.masters().values();
        return all.stream()
                .filter(it -> it.commands().live() != null)
                .findFirst()
                .or(() -> all.stream().findFirst());
    }

    @Override
    public void answered(SentCommand<?, ?, ?> command, ErrorReply reply) {
        switch (reply.meaning()) {
            case ASK -> redirect(command, reply, CommandConnection::sendAsking);
            case MOVED -> {
                control.execute(this::suspect);
                redirect(command, reply, CommandConnection::send);
            }
            default -> {
                control.execute(this::suspect);
                resending.later(command, reply);
            }
        }
    }

    // Masters that each point to the other, as while one takes over from the other, are asked with pauses.
    private void redirect(
            SentCommand<?, ?, ?> command, ErrorReply reply, BiConsumer<CommandConnection, SentCommand<?, ?, ?>> send) {
        Optional<CommandConnection> target = command.via()
                .host()
                .map(reply::target)
                .map(layout.masters()::get)
                .map(Master::commands)
                .filter(it -> it.live() != null);
        if (target.isPresent() && command.earlierAttempts() < MAX_REDIRECTS) {
            send.accept(target.get(), command.anew());
        } else {
            control.execute(this::suspect);
            resending.later(command, reply);
        }
    }

    @Override
    public Optional<Master> of(String channel) {
        return layout.of(SlotHash.getSlot(channel));
    }

    @Override
    public Collection<Master> all() {
        return layout.masters().values();
    }

    @Override
    public String trouble() {
        int uncovered = layout.view().uncoveredSlots();
        return uncovered == 0 ? "" : "the Cluster of " + address + " has no master for " + uncovered + " slots";
    }

    @Override
    public void suspect() {
        if (closed) {
            return;
        }
        long wait = askedAtMillis + SUSPICION_MILLIS - timers.nowMillis();
        if (asking) {
            askAgain = true;
        } else if (wait <= 0) {
            ask();
        } else {
            asking = true;
            control.later(wait, this::ask);
        }
    }

    @Override
    public void tick() {
        layout.masters().values().forEach(it -> it.probe().tick());
        boolean away =
                layout.masters().values().stream().anyMatch(it -> it.commands().live() == null);
        boolean wanted = away || layout.view().uncoveredSlots() > 0;
        if (wanted
                || timers.nowMillis() - askedAtMillis
                        >= settings.topologyInterval().toMillis()) {
            suspect();
        }
    }

    private void ask() {
        asking = true;
        askAgain = false;
        askedAtMillis = timers.nowMillis();
        List<Map.Entry<HostPort, Master>> live =
                new ArrayList<>(layout.masters().entrySet());
        live.removeIf(it -> it.getValue().commands().live() == null);
        if (live.isEmpty()) {
            askAnyHost();
            return;
        }
        Map.Entry<HostPort, Master> next = live.get(Math.floorMod(turn++, live.size()));
        RedisFuture<String> nodes = next.getValue().commands().ask(RedisAsyncCommands::clusterNodes);
        if (nodes == null) {
            asked();
        } else {
            nodes.thenApply(text -> ClusterView.parse(text, next.getKey()))
                    .whenComplete((view, fault) -> control.execute(() -> {
                        if (fault == null) {
                            apply(view);
                        } else {
                            LOG.debug("Redis at {} did not say who has which slots", next.getKey(), fault);
                            askAgain = true;
                        }
                        asked();
                    }));
        }
    }

    // Every master may have got another address, as when all containers of a Cluster were made anew.
    private void askAnyHost() {
        dialer.view(address.hosts())
                .whenComplete((view, fault) -> control.execute(() -> {
                    if (fault == null) {
                        apply(view);
                    }
                    asked();
                }));
    }

    private void asked() {
        asking = false;
        if (askAgain) {
            suspect();
        }
    }

    private void apply(ClusterView view) {
        if (closed || view.masters().isEmpty()) {
            return;
        }
        Layout before = layout;
        Map<HostPort, Master> masters = new HashMap<>();
        for (HostPort at : view.masters()) {
            Master known = before.masters().get(at);
            masters.put(at, known != null ? known : connected(at));
        }
        layout = new Layout(view, Map.copyOf(masters));
        Map<HostPort, String> channels = view.channelOfEach(probeBeginning);
        masters.forEach((at, master) ->
                Optional.ofNullable(channels.get(at)).ifPresentOrElse(master::listen, master::listenNoMore));
        events.viewed();
        before.masters().forEach((at, master) -> {
            if (!masters.containsKey(at)) {
                LOG.info("Redis at {} is no master of the Cluster any more; there are {}", at, view.masters());
                master.close();
            }
        });
    }

    private Master connected(HostPort at) {
        Place place = new Place.Hosts(List.of(at), false);
        Master master = new Master(dialer, place, true, settings, timers, new MasterOwner(this, events));
        master.connect();
        return master;
    }

    @Override
    public CompletableFuture<Void> close() {
        closed = true;
        return CompletableFuture.allOf(
                layout.masters().values().stream().map(Master::close).toArray(CompletableFuture<?>[]::new));
    }
}
