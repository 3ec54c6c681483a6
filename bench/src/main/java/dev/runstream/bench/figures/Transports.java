package dev.runstream.bench.figures;

import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import dev.runstream.bench.peer.Store;
import java.util.List;

/** The ways to serve sockets that are measured against each other. */
final class Transports {
    private Transports() {}

    /** A server for each, both with the memory store, since the network is what is measured. */
    static List<Peer> servers(Workplace workplace) {
        return List.of(
                Peer.runstream(workplace, Store.MEMORY, "epoll"), Peer.runstream(workplace, Store.MEMORY, "io_uring"));
    }
}
