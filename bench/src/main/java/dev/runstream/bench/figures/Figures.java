package dev.runstream.bench.figures;

import dev.runstream.bench.Workplace;

/** Every figure by the name it is chosen by, in the order of the table. */
public enum Figures {
    FAN_OUT,
    SATURATION,
    MANY_RUNS,
    MANY_RUNS_FLAT_OUT,
    IDLE,
    REPLAY,
    FIRST_BYTE,
    COLD_START;

    /** Starts what is to be measured and warms it. */
    public Figure prepare(Workplace workplace) {
        return switch (this) {
            case FAN_OUT -> new FanOut(workplace);
            case SATURATION -> new Saturation(workplace);
            case MANY_RUNS -> new ManyRuns.AtAPace(workplace);
            case MANY_RUNS_FLAT_OUT -> new ManyRuns.FlatOut(workplace);
            case IDLE -> new Idle(workplace);
            case REPLAY -> new Replay(workplace);
            case FIRST_BYTE -> new FirstByte(workplace);
            case COLD_START -> new ColdStart(workplace);
        };
    }
}
