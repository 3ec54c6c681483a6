package dev.runstream.bench.figures;

import dev.runstream.bench.Reading;
import dev.runstream.bench.Workplace;
import dev.runstream.bench.peer.Peer;
import dev.runstream.bench.peer.Store;
import java.util.List;

/** Many runs of one reader each, published over HTTP, beside a hub in plain Node. */
abstract sealed class ManyRuns implements Figure {
    private final Peer withMemory;
    private final Peer withSqlite;
    private final Peer hub;

    private ManyRuns(Workplace workplace) {
        withMemory = Peer.runstream(workplace, Store.MEMORY, "auto");
        withSqlite = Peer.runstream(workplace, Store.SQLITE, "auto");
        hub = Peer.nodeHub(workplace);
        Warmth.manyRuns(withMemory);
        Warmth.manyRuns(withSqlite);
        Warmth.manyRuns(hub);
    }

    @Override
    public List<Sample> round() {
        double reference = measure(hub);
        return List.of(
                new Sample(Store.MEMORY.toString(), measure(withMemory), reference),
                new Sample(Store.SQLITE.toString(), measure(withSqlite), reference));
    }

    private double measure(Peer server) {
        return value(server.load("live", "-n", "2000", "-r", "2000", "-k", publishers(), "-q", rate(), "-d", "10"));
    }

    abstract String publishers();

    abstract String rate();

    abstract double value(Reading load);

    @Override
    public void close() {
        withMemory.close();
        withSqlite.close();
        hub.close();
    }

    /** At an easy pace: what an event costs. */
    static final class AtAPace extends ManyRuns {
        AtAPace(Workplace workplace) {
            super(workplace);
        }

        @Override
        public String title() {
            return "2,000 runs × 1 reader, 5,000 events/s published over HTTP: CPU per event ÷ a plain Node hub's";
        }

        @Override
        public String unit() {
            return "µs";
        }

        @Override
        public Bound bound(String variant) {
            return Bound.atMost(variant.equals(Store.MEMORY.toString()) ? 0.5 : 1);
        }

        @Override
        String publishers() {
            return "4";
        }

        @Override
        String rate() {
            return "5000";
        }

        @Override
        double value(Reading load) {
            return load.number("cpu_us_per_event");
        }
    }

    /** Each publisher sends its next event when the last one is acknowledged. */
    static final class FlatOut extends ManyRuns {
        FlatOut(Workplace workplace) {
            super(workplace);
        }

        @Override
        public String title() {
            return "the same with 16 publishers flat out: events ÷ the Node hub's";
        }

        @Override
        public String unit() {
            return "events/s";
        }

        @Override
        public Bound bound(String variant) {
            return Bound.atLeast(2);
        }

        @Override
        String publishers() {
            return "16";
        }

        @Override
        String rate() {
            return "0";
        }

        @Override
        double value(Reading load) {
            return load.number("del_per_s");
        }
    }
}
