package dev.runstream.app;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.runstream.core.agent.JsonCodec;
import dev.runstream.core.agent.RawJson;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import dev.runstream.core.json.JsonFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@link JsonCodec} by Jackson.
 *
 * <p>Written are records, beans, maps, lists and scalars, {@code Optional} as its value or null, times and durations in
 * ISO 8601; {@link RawJson} as it stands, checked, wherever it is in the value. NaN and the infinities have no JSON form
 * (RFC 8259, section 6) and are refused, and so is an object without properties to write, of which nothing would be left.
 *
 * <p>Read is strictly: nothing after the value, no text or fraction where a whole number is due, no null or absence where
 * a primitive is due. Members that the type does not have are ignored. Decimals keep their digits.
 */
final class JacksonCodec implements JsonCodec {
    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .addDecorator((factory, generator) -> new FiniteNumbers(generator))
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonCompactor.DEFAULT_MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .addModule(new SimpleModule().addSerializer(new RawJsonSerializer()))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    @Override
    public byte[] write(Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JacksonException unfit) {
            throw new IllegalArgumentException("has no JSON form: " + where(unfit) + what(unfit), unfit);
        }
    }

    private static String where(JacksonException unfit) {
        String path = unfit instanceof JsonMappingException mapping ? JsonFaults.path(mapping.getPath()) : "";
        return path.isEmpty() ? "" : path + ": ";
    }

    private static String what(JacksonException unfit) {
        return unfit instanceof InvalidDefinitionException undefined
                ? undefined.getType().getRawClass().getName() + " has no properties that can be written"
                : unfit.getOriginalMessage();
    }

    @Override
    public <T> T read(byte[] json, Class<T> type) throws Unreadable {
        try {
            T value = mapper.readValue(json, type);
            if (value == null) {
                throw new Unreadable(JsonFaults.isNull(type));
            }
            return value;
        } catch (JacksonException unfit) {
            throw new Unreadable(JsonFaults.of(unfit));
        } catch (IOException never) {
            throw new IllegalStateException("bytes in memory cannot fail to be read", never);
        }
    }

    /** Refuses what a double can be and a JSON number cannot. */
    private static final class FiniteNumbers extends JsonGeneratorDelegate {
        FiniteNumbers(JsonGenerator generator) {
            super(generator, false);
        }

        @Override
        public void writeNumber(double number) throws IOException {
            require(Double.isFinite(number), number);
            super.writeNumber(number);
        }

        @Override
        public void writeNumber(float number) throws IOException {
            require(Float.isFinite(number), number);
            super.writeNumber(number);
        }

        @Override
        public void writeArray(double[] numbers, int from, int length) throws IOException {
            for (int at = from; at < from + length; at++) {
                require(Double.isFinite(numbers[at]), numbers[at]);
            }
            super.writeArray(numbers, from, length);
        }

        private void require(boolean isFinite, double number) throws IOException {
            if (!isFinite) {
                _reportError(number + " is no JSON number");
            }
        }
    }

    /** Writes {@link RawJson} as it stands, without whitespace between tokens. */
    private static final class RawJsonSerializer extends StdSerializer<RawJson> {
        private static final long serialVersionUID = 1L;

        RawJsonSerializer() {
            super(RawJson.class);
        }

        @Override
        public void serialize(RawJson raw, JsonGenerator generator, SerializerProvider provider) throws IOException {
            byte[] text = raw.text().getBytes(StandardCharsets.UTF_8);
            switch (JsonCompactor.compact(text, Integer.MAX_VALUE)) {
                case JsonBytes json -> generator.writeRawValue(new String(json.toByteArray(), StandardCharsets.UTF_8));
                case JsonFault fault -> provider.reportMappingProblem("a RawJson is not JSON: %s", fault.message());
            }
        }
    }
}
