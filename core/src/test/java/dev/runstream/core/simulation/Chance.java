package dev.runstream.core.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** Every choice of one life. */
public final class Chance {
    private final SplittableRandom random;

    public Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    /** From 0, below the bound. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    public int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    public boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    public <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
