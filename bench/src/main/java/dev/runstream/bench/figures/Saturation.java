package dev.runstream.bench.figures;

import dev.runstream.bench.Reading;
import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import java.util.List;

/** How many events reach readers when publishers go as fast as they can. */
public final class Saturation implements Figure {
    private static final int READERS = 1000;
    private static final int ROUNDS = 2000;

    private final Workplace workplace;
    private final List<Peer> servers;

    public Saturation(Workplace workplace) {
        this.workplace = workplace;
        servers = Transports.servers(workplace);
        servers.forEach(Warmth::fanOut);
    }

    @Override
    public String title() {
        return "16 publishers flat out to 1,000 readers: deliveries ÷ what one core of send(2) makes";
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Bound bound(String variant) {
        return Bound.atLeast(12);
    }

    @Override
    public List<Sample> round() {
        return servers.stream().map(this::sample).toList();
    }

    private Sample sample(Peer server) {
        Reading load = server.load("live", "-n", Integer.toString(READERS), "-k", "16", "-d", "5");
        Reading floor = workplace.sendFloor(READERS, ROUNDS, (int) Math.round(load.number("bytes_per_event")), 0);
        return new Sample(server.name(), load.number("del_per_s"), floor.number("sends_per_s"));
    }

    @Override
    public void close() {
        servers.forEach(Peer::close);
    }
}
