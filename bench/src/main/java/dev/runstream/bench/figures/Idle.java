package dev.runstream.bench.figures;

import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import java.util.List;

/** What a reader costs who waits for a run that says nothing. Each round starts servers anew, as memory once taken is kept. */
public final class Idle implements Figure {
    private static final String READERS = "10000";

    private final Workplace workplace;

    public Idle(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public String title() {
        return "10,000 idle readers: memory of the process for each ÷ a bare Netty channel's";
    }

    @Override
    public String unit() {
        return "KB";
    }

    @Override
    public Bound bound(String variant) {
        return Bound.atMost(1.5);
    }

    @Override
    public List<Sample> round() {
        double bare;
        try (Peer netty = Peer.bareNetty(workplace)) {
            bare = kilobytesEach(netty);
        }
        try (Peer server = Peer.runstreamForIdling(workplace)) {
            return List.of(new Sample("epoll", kilobytesEach(server), bare));
        }
    }

    /** A first crowd that has left again warms the code up, and the heap and the pools to what they need anyway. */
    private static double kilobytesEach(Peer server) {
        String collect = "jcmd " + server.pid() + " GC.run >/dev/null";
        server.load("idle", "-n", "500", "-r", "100", "-x", collect);
        return server.load("idle", "-n", READERS, "-r", "100", "-x", collect).number("kb_per_conn");
    }

    @Override
    public void close() {}
}
