package dev.runstream.server.stream;

import java.util.List;
import java.util.Locale;

/** The {@code Accept} header (RFC 9110, section 12.5.1), as far as one media type is concerned. */
final class Accept {
    private static final String EVENT_STREAM = "text/event-stream";

    private Accept() {}

    /** Whether {@code text/event-stream} is among what is accepted; the most specific range decides. */
    static boolean allowsEventStream(List<String> headers) {
        if (headers.isEmpty()) {
            return true;
        }
        int best = -1;
        boolean allowed = false;
        for (String header : headers) {
            for (String range : header.split(",", -1)) {
                int specific = specificity(range);
                if (specific > best) {
                    best = specific;
                    allowed = !isZero(range);
                }
            }
        }
        return best >= 0 ? allowed : isBlank(headers);
    }

    private static boolean isBlank(List<String> headers) {
        return headers.stream().allMatch(String::isBlank);
    }

    private static int specificity(String range) {
        String type = range.split(";", -1)[0].trim().toLowerCase(Locale.ROOT);
        return switch (type) {
            case EVENT_STREAM -> 2;
            case "text/*" -> 1;
            case "*/*" -> 0;
            default -> -1;
        };
    }

    private static boolean isZero(String range) {
        for (String parameter : range.toLowerCase(Locale.ROOT).split(";", -1)) {
            if (parameter.trim().matches("q\\s*=\\s*0(\\.0{0,3})?")) {
                return true;
            }
        }
        return false;
    }
}
