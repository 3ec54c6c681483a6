package dev.runstream.app.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What values a setting takes, and how they are written. Immutable.
 *
 * @param label what stands for the value in the help, such as {@code SIZE}
 * @param allowed which values make sense, as the end of a sentence that begins with "allowed is"
 * @param reader empty for a text that makes no sense
 * @param writer the text that {@code reader} turns into an equal value
 */
record Kind<T>(String label, String allowed, Function<String, Optional<T>> reader, Function<T, String> writer) {
    static Kind<Integer> count(int least, int most) {
        String allowed = "a whole number from %d to %d".formatted(least, most);
        return new Kind<>(
                "N",
                allowed,
                text -> Quantities.wholeNumber(text)
                        .filter(n -> n >= least && n <= most)
                        .map(Math::toIntExact),
                count -> Quantities.showCount(count));
    }

    static Kind<Boolean> yesOrNo() {
        return new Kind<>(
                "true|false",
                "true or false",
                text -> switch (text) {
                    case "true" -> Optional.of(true);
                    case "false" -> Optional.of(false);
                    default -> Optional.empty();
                },
                value -> value ? "on" : "off");
    }

    /** One of a few words, of an enum whose {@code toString} gives them. */
    static <E extends Enum<E>> Kind<E> oneOf(List<E> values) {
        List<String> words = values.stream().map(Enum::toString).toList();
        String allButLast = String.join(", ", words.subList(0, words.size() - 1));
        return new Kind<>(
                String.join("|", words),
                allButLast + " or " + words.getLast(),
                text -> values.stream()
                        .filter(value -> value.toString().equals(text))
                        .findFirst(),
                Enum::toString);
    }

    static Kind<String> text(String label, String allowed, Function<String, Boolean> isGood) {
        return new Kind<>(label, allowed, text -> isGood.apply(text) ? Optional.of(text) : Optional.empty(), t -> t);
    }

    /** Several of this kind, with commas or spaces between. */
    Kind<List<T>> list() {
        return new Kind<>(
                label,
                allowed + "; several with commas between",
                text -> {
                    List<String> parts = Arrays.stream(text.split("[,\\s]+", -1))
                            .filter(part -> !part.isEmpty())
                            .toList();
                    List<T> values = parts.stream()
                            .flatMap(part -> reader.apply(part).stream())
                            .toList();
                    return parts.isEmpty() || values.size() < parts.size() ? Optional.empty() : Optional.of(values);
                },
                values -> values.stream().map(writer).collect(Collectors.joining(",")));
    }
}
