package dev.runstream.core.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One line of {@code grammar-cases.txt}. */
record GrammarCase(String name, boolean accepted, String written) {
    private static final Pattern LINE = Pattern.compile("(i?[yn]) (.+?) ::(?: (.*))?");
    private static final Pattern REPEATED = Pattern.compile("\\(\\((.+?)\\)\\)\\*(\\d{1,2}0*)");

    static Stream<GrammarCase> all() {
        try (InputStream in =
                Objects.requireNonNull(GrammarCase.class.getResourceAsStream("grammar-cases.txt"), "cases")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(GrammarCase::parse);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GrammarCase parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(line);
        }
        String written = Objects.requireNonNullElse(matcher.group(3), "");
        String unrolled = REPEATED.matcher(written)
                .replaceAll(m -> Matcher.quoteReplacement(m.group(1).repeat(Integer.parseInt(m.group(2)))));
        boolean accepted = matcher.group(1).endsWith("y");
        return new GrammarCase(matcher.group(2), accepted, unrolled);
    }

    byte[] text() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(written.length());
        for (int i = 0; i < written.length(); i++) {
            if (written.charAt(i) == '%') {
                bytes.write(Integer.parseInt(written, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(written.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public String toString() {
        return (accepted ? "accepts " : "refuses ") + name;
    }
}
