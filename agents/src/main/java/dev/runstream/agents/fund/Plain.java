package dev.runstream.agents.fund;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as a message shows them. */
final class Plain {
    private Plain() {}

    /** At most two decimals, no exponent. */
    static String number(double value) {
        return BigDecimal.valueOf(value)
                .setScale(value != 0 && Math.abs(value) < 0.01 ? 9 : 2, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }

    static String dollars(double value) {
        return String.format(Locale.ROOT, value < 0 ? "-$%,.0f" : "$%,.0f", Math.abs(value));
    }
}
