package dev.runstream.agents.fund;

/** The numbers of paths at which the medians are kept: 100, 200, 500, 1,000, 2,000, … */
final class Checkpoints {
    private static final long FIRST = 100;

    private Checkpoints() {}

    /** The first checkpoint past this number. */
    static long after(long paths) {
        long decade = FIRST;
        while (true) {
            for (int factor : new int[] {1, 2, 5}) {
                if (factor * decade > paths) {
                    return factor * decade;
                }
            }
            decade *= 10;
        }
    }
}
