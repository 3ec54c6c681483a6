package dev.runstream.agents.fund;

/**
 * The internal rate of return of quarterly cash flows: the yearly rate at which their present value is 0.
 *
 * <p>Where flows change sign more than once there can be several: the one nearest to 0% is taken, on the side on which
 * the undiscounted sum lies. Found by a walk outward from 0% over fixed rates until the sign changes, then by Newton
 * steps that never leave the bracket; so it always ends, and gives the same bits for the same flows.
 */
final class InternalRate {
    /** What {@link #percent} says where there is no rate. */
    static final double NONE = Double.NaN;

    private static final double[] GAINS = factors(0.025, 20, 1.3, 120);
    private static final double[] LOSSES = factors(-0.01, 95, 0.8, 60);
    private static final int MAX_STEPS = 100;

    private InternalRate() {}

    /**
     * Percent a year, or {@link #NONE}.
     *
     * @param flows negative for money paid in; only the first {@code length}, a quarter apart, count
     */
    static double percent(double[] flows, int length) {
        int first = 0;
        while (first < length && flows[first] == 0) {
            first++;
        }
        int last = length - 1;
        boolean anyBack = false;
        for (int i = first; i <= last; i++) {
            anyBack |= flows[i] > 0;
        }
        if (!anyBack || flows[first] > 0) {
            return NONE;
        }
        double atZero = value(flows, first, last, 1);
        if (atZero == 0) {
            return 0;
        }
        double[] walk = atZero > 0 ? GAINS : LOSSES;
        for (int i = 1; i < walk.length; i++) {
            double value = value(flows, first, last, walk[i]);
            if (value == 0 || value > 0 != atZero > 0) {
                double factor = refine(flows, first, last, walk[i - 1], walk[i]);
                return 100 * (Math.pow(factor, -4) - 1);
            }
        }
        return NONE;
    }

    /** The root between two discount factors of a quarter between which the present value changes its sign. */
    private static double refine(double[] flows, int first, int last, double from, double to) {
        double low = Math.min(from, to);
        double high = Math.max(from, to);
        // A gain loses value under more discounting, and so does a loss: below the root the value is negative.
        double x = (low + high) / 2;
        for (int step = 0; step < MAX_STEPS; step++) {
            double value = 0;
            double slope = 0;
            for (int i = last; i >= first; i--) {
                slope = slope * x + value;
                value = value * x + flows[i];
            }
            if (value < 0) {
                low = x;
            } else {
                high = x;
            }
            double next = x - value / slope;
            if (!(next > low && next < high)) {
                next = (low + high) / 2;
            }
            if (Math.abs(next - x) <= 1e-13 * x) {
                return next;
            }
            x = next;
        }
        return x;
    }

    private static double value(double[] flows, int first, int last, double factor) {
        double value = 0;
        for (int i = last; i >= first; i--) {
            value = value * factor + flows[i];
        }
        return value;
    }

    /** Even steps from 0%; then what is a year's growth goes on by a factor. */
    private static double[] factors(double step, int evenSteps, double growthFactor, int growthSteps) {
        double[] factors = new double[1 + evenSteps + growthSteps];
        double growth = 1;
        for (int i = 0; i < factors.length; i++) {
            growth = i <= evenSteps ? 1 + step * i : growth * growthFactor;
            factors[i] = Math.pow(growth, -0.25);
        }
        return factors;
    }
}
