package dev.runstream.core.simulation;

/** Something happened that must not. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    public Violation(String what) {
        super(what);
    }

    public static void unless(boolean holds, String what) {
        if (!holds) {
            throw new Violation(what);
        }
    }
}
