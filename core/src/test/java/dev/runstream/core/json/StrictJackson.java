package dev.runstream.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another judge of what is JSON: Jackson with its strict defaults, held to one value.
 *
 * <p>Jackson must not guess the encoding, or it would skip a byte order mark and read UTF-16. It is given bytes, since
 * its reader of characters takes any whose low byte is a hexadecimal digit for one. Whether the bytes are UTF-8 is for
 * the JDK's decoder to say.
 *
 * <p>Jackson (2.22.4) refuses the escape of a lone surrogate in a name, though not in a value. The grammar of RFC 8259
 * has nothing against it in either, so Jackson is shown another escape of the same length in its place.
 */
final class StrictJackson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonCompactor.DEFAULT_MAX_DEPTH)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final Pattern ESCAPE = Pattern.compile(
            "\\\\u(?:[dD][89abAB]\\p{XDigit}{2}\\\\u[dD][c-fC-F]|(?<lone>[dD][89a-fA-F]\\p{XDigit}{2}))|\\\\.");

    private StrictJackson() {}

    /** The tokens with their text, or nothing if the text is refused. */
    static Optional<List<String>> tokens(byte[] text) {
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
            return tokensOfUtf8(withoutLoneSurrogates(decoded).getBytes(StandardCharsets.UTF_8));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String withoutLoneSurrogates(String text) {
        return ESCAPE.matcher(text).replaceAll(escape -> {
            boolean lone = escape.group("lone") != null;
            return lone ? "\\\\uFFFD" : Matcher.quoteReplacement(escape.group());
        });
    }

    private static Optional<List<String>> tokensOfUtf8(byte[] text) {
        List<String> tokens = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(text)) {
            boolean ended = false;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (ended) {
                    return Optional.empty();
                }
                tokens.add(token + " " + parser.getText());
                ended = parser.getParsingContext().inRoot();
            }
            return ended ? Optional.of(tokens) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
