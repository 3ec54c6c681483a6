package dev.runstream.agents.fund;

import java.util.random.RandomGenerator;

/**
 * The random numbers of one path, a function of seed and path alone, so that it does not matter which thread draws
 * them, or when.
 *
 * <p>xoshiro256++ (Blackman and Vigna, 2018), its state filled by SplitMix64. Confined to one thread; {@link #start}
 * turns the same object to another path.
 */
final class PathRandom implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long s0;
    private long s1;
    private long s2;
    private long s3;

    void start(long seed, long path) {
        // The seed is mixed first: the paths of neighbouring seeds would else be the same ones, shifted.
        long z = mix(mix(seed + GOLDEN_GAMMA) + (path + 1) * GOLDEN_GAMMA);
        s0 = mix(z += GOLDEN_GAMMA);
        s1 = mix(z += GOLDEN_GAMMA);
        s2 = mix(z += GOLDEN_GAMMA);
        s3 = mix(z + GOLDEN_GAMMA);
    }

    @Override
    public long nextLong() {
        long result = Long.rotateLeft(s0 + s3, 23) + s0;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /** A bijection that spreads every bit of its argument over all of the result (SplitMix64's finalizer). */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
