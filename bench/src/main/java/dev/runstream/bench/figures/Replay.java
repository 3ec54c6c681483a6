package dev.runstream.bench.figures;

import dev.runstream.bench.Reading;
import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import dev.runstream.bench.peer.Store;
import java.util.List;

/** How fast a reader gets a long run that has been. */
public final class Replay implements Figure {
    private static final String EVENTS = "36000";
    private static final int WRITES = 30_000;
    private static final int WRITE_BYTES = 65_536;

    private final Workplace workplace;
    private final List<Peer> servers;

    public Replay(Workplace workplace) {
        this.workplace = workplace;
        servers = List.of(
                Peer.runstream(workplace, Store.MEMORY, "epoll"), Peer.runstream(workplace, Store.MEMORY, "io_uring"));
        for (Peer server : servers) {
            server.load("preload", "-B", "long", "-e", EVENTS, "-k", "4");
            replay(server);
        }
    }

    @Override
    public String title() {
        return "replay of a 9 MB run to one reader at a time ÷ the bare loopback";
    }

    @Override
    public String unit() {
        return "MB/s";
    }

    @Override
    public Bound bound(String variant) {
        return Bound.atLeast(0.6);
    }

    @Override
    public List<Sample> round() {
        return servers.stream().map(this::sample).toList();
    }

    private Sample sample(Peer server) {
        double ours = replay(server).number("MBps");
        Reading loopback = workplace.sendFloor(1, WRITES, WRITE_BYTES, 0);
        return new Sample(server.name(), ours, loopback.number("sends_per_s") * WRITE_BYTES / 1e6);
    }

    private static Reading replay(Peer server) {
        return server.load("replay", "-B", "long", "-e", EVENTS, "-k", "4", "-n", "200", "-c", "1");
    }

    @Override
    public void close() {
        servers.forEach(Peer::close);
    }
}
