package dev.runstream.bench.figures;

import dev.runstream.bench.Reading;
import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import dev.runstream.bench.peer.Store;
import java.util.List;

/** One run and many readers, beside bare calls of {@code send(2)}; with the memory store, since the network is measured. */
abstract sealed class ManyReaders implements Figure {
    static final int READERS = 1000;

    private final Workplace workplace;
    private final List<Peer> servers;

    private ManyReaders(Workplace workplace) {
        this.workplace = workplace;
        servers = List.of(
                Peer.runstream(workplace, Store.MEMORY, "epoll"), Peer.runstream(workplace, Store.MEMORY, "io_uring"));
        servers.forEach(Warmth::fanOut);
    }

    @Override
    public List<Sample> round() {
        return servers.stream()
                .map(server -> {
                    Reading load = load(server);
                    Reading floor = floor(workplace, (int) Math.round(load.number("bytes_per_event")));
                    return sample(server.name(), load, floor);
                })
                .toList();
    }

    /** Of the two transports; the better one is what {@code auto} is to take. */
    @Override
    public boolean isOneEnough() {
        return true;
    }

    abstract Reading load(Peer server);

    abstract Reading floor(Workplace workplace, int bytes);

    abstract Sample sample(String variant, Reading load, Reading floor);

    @Override
    public void close() {
        servers.forEach(Peer::close);
    }

    /** What it costs the server to bring one event to one of many readers who watch at an easy pace. */
    static final class AtAPace extends ManyReaders {
        private static final int EVENTS_PER_SECOND = 40;
        private static final int SECONDS = 10;

        AtAPace(Workplace workplace) {
            super(workplace);
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
        Reading load(Peer server) {
            return server.load(
                    "live",
                    "-n",
                    Integer.toString(READERS),
                    "-q",
                    Integer.toString(EVENTS_PER_SECOND),
                    "-d",
                    Integer.toString(SECONDS));
        }

        @Override
        Reading floor(Workplace workplace, int bytes) {
            return workplace.sendFloor(READERS, EVENTS_PER_SECOND * SECONDS, bytes, EVENTS_PER_SECOND);
        }

        @Override
        Sample sample(String variant, Reading load, Reading floor) {
            return new Sample(variant, load.number("cpu_us_per_event"), floor.number("cpu_us_per_send"));
        }
    }

    /** How many events reach readers when publishers go as fast as they can. */
    static final class FlatOut extends ManyReaders {
        private static final int FLOOR_ROUNDS = 2000;

        FlatOut(Workplace workplace) {
            super(workplace);
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
        Reading load(Peer server) {
            return server.load("live", "-n", Integer.toString(READERS), "-k", "16", "-d", "5");
        }

        @Override
        Reading floor(Workplace workplace, int bytes) {
            return workplace.sendFloor(READERS, FLOOR_ROUNDS, bytes, 0);
        }

        @Override
        Sample sample(String variant, Reading load, Reading floor) {
            return new Sample(variant, load.number("del_per_s"), floor.number("sends_per_s"));
        }
    }
}
