package dev.runstream.app.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** A number in three digits, for a glance. Stateless. */
final class ShortNumber {
    private static final String[] LETTERS = {"", "k", "M", "G", "T", "P", "E"};
    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final double LEAST_PLAIN = 0.0001;

    private ShortNumber() {}

    /** {@code 950}, {@code 4.20M}, {@code -0.0115}. */
    static String of(double number) {
        if (!Double.isFinite(number)) {
            return Double.toString(number);
        }
        double size = Math.abs(number);
        String sign = number < 0 ? "-" : "";
        if (size == 0 || size >= 1) {
            return sign + withLetter(size);
        }
        BigDecimal digits = new BigDecimal(size).round(THREE_DIGITS);
        return sign
                + (size < LEAST_PLAIN
                        ? String.format(Locale.ROOT, "%.1e", size)
                        : digits.stripTrailingZeros().toPlainString());
    }

    private static String withLetter(double size) {
        double left = size;
        int letter = 0;
        while (left >= 999.5 && letter < LETTERS.length - 1) {
            left /= 1000;
            letter++;
        }
        int decimals = left >= 99.95 || (letter == 0 && left == Math.rint(left)) ? 0 : left >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", left) + LETTERS[letter];
    }
}
