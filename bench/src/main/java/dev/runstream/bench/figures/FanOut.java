package dev.runstream.bench.figures;

import dev.runstream.bench.Reading;
import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import java.util.List;

/** What it costs the server to bring one event to one of many readers who watch at an easy pace. */
public final class FanOut implements Figure {
    private static final int READERS = 1000;
    private static final int EVENTS_PER_SECOND = 40;
    private static final int SECONDS = 10;

    private final Workplace workplace;
    private final List<Peer> servers;

    public FanOut(Workplace workplace) {
        this.workplace = workplace;
        servers = Transports.servers(workplace);
        servers.forEach(Warmth::fanOut);
    }

    @Override
    public String title() {
        return "1,000 readers × 40 events/s of 200 B: CPU per delivered event ÷ a bare send(2)";
    }

    @Override
    public String unit() {
        return "µs";
    }

    @Override
    public Bound bound(String variant) {
        return Bound.atMost(1.3);
    }

    @Override
    public List<Sample> round() {
        return servers.stream().map(this::sample).toList();
    }

    private Sample sample(Peer server) {
        Reading load = server.load(
                "live",
                "-n",
                Integer.toString(READERS),
                "-q",
                Integer.toString(EVENTS_PER_SECOND),
                "-d",
                Integer.toString(SECONDS));
        Reading floor = workplace.sendFloor(
                READERS,
                EVENTS_PER_SECOND * SECONDS,
                (int) Math.round(load.number("bytes_per_event")),
                EVENTS_PER_SECOND);
        return new Sample(server.name(), load.number("cpu_us_per_event"), floor.number("cpu_us_per_send"));
    }

    @Override
    public void close() {
        servers.forEach(Peer::close);
    }
}
