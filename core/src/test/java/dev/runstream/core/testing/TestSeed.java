package dev.runstream.core.testing;

/** The seed of a test that takes another course each time. */
public final class TestSeed {
    private static final String PROPERTY = "test.seed";

    private TestSeed() {}

    /** Another one each time, unless {@code -Dtest.seed} gives the one of an earlier failure, as a whole number. */
    public static long draw() {
        String given = System.getProperty(PROPERTY);
        return given == null ? System.nanoTime() : Long.parseLong(given);
    }

    /** How to have that course again, for the message of a failure. */
    public static String again(long seed) {
        return "again with -D" + PROPERTY + "=" + seed;
    }
}
