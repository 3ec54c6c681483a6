package dev.runstream.server.http;

import java.util.List;
import java.util.Locale;

/** The {@code Accept} header (RFC 9110, section 12.5.1), as far as one media type is concerned. */
public final class Accept {
    private final String type;
    private final String anyOfItsKind;

    /** @param type such as {@code text/html}, in lower case */
    public Accept(String type) {
        this.type = type;
        anyOfItsKind = type.substring(0, type.indexOf('/')) + "/*";
    }

    /** Whether the type is among what is accepted; the most specific range decides. All is where nothing is said. */
    public boolean allows(List<String> headers) {
        return headers.stream().allMatch(String::isBlank) || allows(headers, 0);
    }

    /** Whether it is accepted by its own name or its kind, and not only because anything is. */
    public boolean isNamed(List<String> headers) {
        return allows(headers, 1);
    }

    private boolean allows(List<String> headers, int leastSpecific) {
        int best = leastSpecific - 1;
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
        return allowed;
    }

    private int specificity(String range) {
        String given = range.split(";", -1)[0].trim().toLowerCase(Locale.ROOT);
        if (given.equals(type)) {
            return 2;
        }
        if (given.equals(anyOfItsKind)) {
            return 1;
        }
        return given.equals("*/*") ? 0 : -1;
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
