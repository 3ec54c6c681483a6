package dev.runstream.app;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in a caller's words, without names of classes, what of some JSON does not fit. Stateless. */
final class JsonFaults {
    private static final Set<Class<?>> WHOLE = Set.of(
            int.class,
            long.class,
            short.class,
            byte.class,
            Integer.class,
            Long.class,
            Short.class,
            Byte.class,
            BigInteger.class);
    private static final Set<Class<?>> DECIMAL =
            Set.of(double.class, float.class, Double.class, Float.class, BigDecimal.class, Number.class);

    private JsonFaults() {}

    static List<FieldFault> isNull(Class<?> type) {
        return List.of(new FieldFault("", "must be " + form(type)));
    }

    static List<FieldFault> of(JacksonException unfit) {
        String path = unfit instanceof JsonMappingException mapping ? path(mapping.getPath()) : "";
        if (unfit instanceof ValueInstantiationException refused && refused.getCause() != null) {
            return ofConstructor(path, refused.getCause());
        }
        return List.of(new FieldFault(path, message(unfit)));
    }

    /** A constructor that checks its own values knows best what is wrong. */
    private static List<FieldFault> ofConstructor(String path, Throwable refusal) {
        if (refusal instanceof InvalidInputException invalid) {
            return invalid.faults().stream()
                    .map(fault -> new FieldFault(join(path, fault.field()), fault.message()))
                    .toList();
        }
        String said = refusal instanceof IllegalArgumentException ? refusal.getMessage() : null;
        return List.of(new FieldFault(path, said == null ? "is not allowed" : said));
    }

    private static String join(String path, String field) {
        return path.isEmpty() || field.isEmpty() ? path + field : path + "." + field;
    }

    /** The dotted path to where a value does not fit. */
    static String path(List<Reference> references) {
        return references.stream()
                .map(step -> step.getFieldName() == null ? Integer.toString(step.getIndex()) : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static String message(JacksonException unfit) {
        return switch (unfit) {
            case MismatchedInputException mismatch -> "must be " + form(mismatch.getTargetType());
            case JsonMappingException mapping
            when mapping.getCause() instanceof JacksonException cause -> message(cause);
            case com.fasterxml.jackson.core.exc.InputCoercionException number ->
                "must be " + form(number.getTargetType()) + " within its range";
            default -> "is not JSON that can be read";
        };
    }

    private static String form(@Nullable Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (WHOLE.contains(type)) {
            return "a whole number";
        }
        if (DECIMAL.contains(type)) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "text";
        }
        if (type.isArray() || Collection.class.isAssignableFrom(type)) {
            return "a list";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(Object::toString)
                            .collect(Collectors.joining(", "));
        }
        return java.time.temporal.TemporalAccessor.class.isAssignableFrom(type)
                ? "a time such as 2026-01-31T12:00:00Z"
                : type == java.time.Duration.class ? "a duration such as PT25S" : "an object";
    }
}
