package dev.runstream.agents.fund;

import java.util.random.RandomGenerator;

/** What a quantity above 0, such as months to an exit or the multiple at one, is drawn from. Safe for any thread. */
sealed interface Distribution {

    /** Draws values; made once, since it has done ahead of time what does not depend on the draw. */
    @FunctionalInterface
    interface Sampler {
        double sample(RandomGenerator random);
    }

    Sampler sampler();

    double median();

    /** Always the same value; draws nothing. */
    record Fixed(double value) implements Distribution {
        @Override
        public Sampler sampler() {
            return random -> value;
        }

        @Override
        public double median() {
            return value;
        }
    }

    /** Every value from {@code min} to {@code max} alike. */
    record Uniform(double min, double max) implements Distribution {
        @Override
        public Sampler sampler() {
            return random -> min + (max - min) * random.nextDouble();
        }

        @Override
        public double median() {
            return (min + max) / 2;
        }
    }

    /** A lognormal told by its median and its 90th percentile. */
    record MedianLognormal(double median, double p90) implements Distribution {
        /** How many standard deviations the 90th percentile of a normal lies above its median. */
        private static final double P90_DEVIATIONS = 1.2815515655446004;

        @Override
        public Sampler sampler() {
            return lognormal(Math.log(median), Math.log(p90 / median) / P90_DEVIATIONS);
        }
    }

    /** A lognormal told by its mean and the standard deviation of its logarithm. */
    record MeanLognormal(double mean, double sigma) implements Distribution {
        @Override
        public Sampler sampler() {
            return lognormal(mu(), sigma);
        }

        @Override
        public double median() {
            return Math.exp(mu());
        }

        private double mu() {
            return Math.log(mean) - sigma * sigma / 2;
        }
    }

    /** A Pareto with tail index {@code alpha}, cut at both ends: many small outcomes, few very large. */
    record Power(double alpha, double min, double max) implements Distribution {
        @Override
        public Sampler sampler() {
            double atMin = Math.pow(min, -alpha);
            double reach = atMin - Math.pow(max, -alpha);
            return random -> Math.pow(atMin - random.nextDouble() * reach, -1 / alpha);
        }

        @Override
        public double median() {
            return Math.pow((Math.pow(min, -alpha) + Math.pow(max, -alpha)) / 2, -1 / alpha);
        }
    }

    private static Sampler lognormal(double mu, double sigma) {
        return random -> Math.exp(mu + sigma * random.nextGaussian());
    }
}
