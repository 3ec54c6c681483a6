package dev.runstream.bench.figures;

import dev.runstream.bench.Workplace;

/** Every figure by the name it is chosen by, in the order of the table. */
public enum Figures {
    MANY_READERS,
    MANY_READERS_FLAT_OUT,
    MANY_RUNS,
    MANY_RUNS_FLAT_OUT,
    IDLE,
    REPLAY,
    FIRST_BYTE,
    COLD_START;

    /** Starts what is to be measured and warms it. */
    public Figure prepare(Workplace workplace) {
        return switch (this) {
            case MANY_READERS -> new ManyReaders.AtAPace(workplace);
            case MANY_READERS_FLAT_OUT -> new ManyReaders.FlatOut(workplace);
            case MANY_RUNS -> new ManyRuns.AtAPace(workplace);
            case MANY_RUNS_FLAT_OUT -> new ManyRuns.FlatOut(workplace);
            case IDLE -> new Idle(workplace);
            case REPLAY -> new Replay(workplace);
            case FIRST_BYTE -> new FirstByte(workplace);
            case COLD_START -> new ColdStart(workplace);
        };
    }
}
