package dev.runstream.bench.figures;

import dev.runstream.bench.peer.Peer;

/** Closed loops that let the JVM compile what is about to be measured. */
final class Warmth {
    /** On one core the compiler has its work done after about so many. */
    private static final int LOOPS = 4;

    private Warmth() {}

    static void fanOut(Peer server) {
        for (int i = 0; i < LOOPS; i++) {
            server.load("live", "-n", "1000", "-k", "8", "-d", "10");
        }
        server.load("live", "-n", "1000", "-q", "40", "-d", "5");
    }

    static void manyRuns(Peer server) {
        for (int i = 0; i < LOOPS; i++) {
            server.load("live", "-n", "500", "-r", "500", "-k", "8", "-d", "10");
        }
    }
}
