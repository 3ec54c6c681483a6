package dev.runstream.agents.fund;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** JSON whose numbers are plain decimals: no exponent, and no fraction where they are whole. */
final class PlainJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final double LARGEST_EXACT_INTEGER = 1L << 53;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private PlainJson() {}

    /** The number in as few digits as tell it from every other. */
    static ValueNode number(double value) {
        return value == Math.rint(value) && Math.abs(value) < LARGEST_EXACT_INTEGER
                ? NODES.numberNode((long) value)
                : NODES.numberNode(BigDecimal.valueOf(value).stripTrailingZeros());
    }

    static ValueNode rounded(double value, int decimals) {
        return number(BigDecimal.valueOf(value)
                .setScale(decimals, RoundingMode.HALF_EVEN)
                .doubleValue());
    }

    /** The text of a tree of such numbers. */
    static String text(ObjectNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException never) {
            throw new IllegalStateException("a tree in memory cannot fail to be written", never);
        }
    }
}
