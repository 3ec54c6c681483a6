package dev.runstream.bench.figures;

import dev.runstream.bench.peer.Peer;

/** Closed loops that let the JVM compile what is about to be measured. */
final class Warmth {
    private Warmth() {}

    static void fanOut(Peer server) {
        server.load("live", "-n", "200", "-k", "8", "-d", "12");
        server.load("live", "-n", "1000", "-q", "40", "-d", "5");
    }

    static void manyRuns(Peer server) {
        server.load("live", "-n", "500", "-r", "500", "-k", "8", "-d", "15");
    }
}
