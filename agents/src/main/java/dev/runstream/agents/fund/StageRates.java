package dev.runstream.agents.fund;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * What becomes of the companies at a stage, in percent; the three come to 100.
 *
 * @param graduation how many raise the next round
 * @param exit how many are sold
 * @param failure how many fail
 */
record StageRates(double graduation, double exit, double failure) {
    /** Room for rates that were rounded before they were sent. */
    private static final double TOLERANCE = 1e-6;

    /**
     * Reads the rates of a stage. Of those not given one is what the others leave of 100: failure where it is among them,
     * else exit, else graduation; what else is not given takes its default. No company graduates from the last stage.
     *
     * @param d the defaults
     */
    static StageRates read(JsonFields fields, StageRates d, boolean last) {
        int before = fields.faults().size();
        StageRates read = new StageRates(
                fields.number("graduation", last ? 0 : d.graduation(), 0, 100),
                fields.number("exit", d.exit(), 0, 100),
                fields.number("failure", d.failure(), 0, 100));
        boolean sound = fields.faults().size() == before;
        return sound ? read.completed(fields, last) : read;
    }

    private StageRates completed(JsonFields fields, boolean last) {
        if (last && graduation > 0) {
            fields.fault("graduation", "must be 0, as there is no stage after the last one");
            return this;
        }
        if (!fields.has("failure")) {
            return new StageRates(graduation, exit, left(fields, "graduation", graduation, "exit", exit));
        }
        if (!fields.has("exit")) {
            return new StageRates(graduation, left(fields, "failure", failure, "graduation", graduation), failure);
        }
        if (!last && !fields.has("graduation")) {
            return new StageRates(left(fields, "failure", failure, "exit", exit), exit, failure);
        }
        BigDecimal sum = sum(failure, graduation, exit);
        if (Math.abs(sum.doubleValue() - 100) > TOLERANCE) {
            fields.fault(
                    "failure",
                    "together with graduation and exit must come to 100, but " + shown(sum(failure)) + ", "
                            + shown(sum(graduation)) + " and " + shown(sum(exit)) + " come to " + shown(sum));
        }
        return this;
    }

    /** What two rates leave of 100. */
    private static double left(JsonFields fields, String name, double rate, String other, double otherRate) {
        BigDecimal sum = sum(rate, otherRate);
        if (sum.doubleValue() - 100 > TOLERANCE) {
            fields.fault(
                    name,
                    "together with " + other + " must be at most 100, but " + shown(sum(rate)) + " and "
                            + shown(sum(otherRate)) + " come to " + shown(sum));
        }
        return Math.max(0, BigDecimal.valueOf(100).subtract(sum).doubleValue());
    }

    /** In decimals, as a person reckons: 100 less 33.3 and 16 is 50.7. */
    private static BigDecimal sum(double... rates) {
        return Arrays.stream(rates).mapToObj(BigDecimal::valueOf).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static String shown(BigDecimal rate) {
        return rate.stripTrailingZeros().toPlainString();
    }
}
