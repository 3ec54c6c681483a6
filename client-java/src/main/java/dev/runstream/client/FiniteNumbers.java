package dev.runstream.client;

import com.fasterxml.jackson.core.JsonGenerationException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;

/** Writes JSON, and refuses NaN and the infinities: JSON has none, and Jackson would write their names as strings. */
final class FiniteNumbers extends JsonGeneratorDelegate {
    FiniteNumbers(JsonGenerator to) {
        // Else what is written as a whole (objects, trees, arrays) would pass this by.
        super(to, false);
    }

    @Override
    public void writeNumber(double number) throws IOException {
        check(number);
        super.writeNumber(number);
    }

    @Override
    public void writeNumber(float number) throws IOException {
        check(number);
        super.writeNumber(number);
    }

    @Override
    public void writeArray(double[] numbers, int offset, int length) throws IOException {
        for (int at = offset; at < offset + length; at++) {
            check(numbers[at]);
        }
        super.writeArray(numbers, offset, length);
    }

    private void check(double number) throws JsonGenerationException {
        if (!Double.isFinite(number)) {
            throw new JsonGenerationException(number + " is no number in JSON", this);
        }
    }
}
