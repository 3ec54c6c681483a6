package dev.runstream.app;

/**
 * The platform threads that carry virtual ones. By default there are as many as cores, so that as many agents which
 * compute on their own thread would keep every other agent from beginning, and the server from seeing that they are stuck.
 */
final class Carriers {
    /** What the JDK allows unless told otherwise. */
    private static final int MOST = 256;

    private static final String PROPERTY = "jdk.virtualThreadScheduler.parallelism";

    private Carriers() {}

    /** Provides for so many agents at once and others beside them. To be called before the first virtual thread begins. */
    static void provideFor(int agents) {
        if (System.getProperty(PROPERTY) == null) {
            long wanted = (long) agents + Runtime.getRuntime().availableProcessors();
            System.setProperty(PROPERTY, Long.toString(Math.min(MOST, wanted)));
        }
    }
}
