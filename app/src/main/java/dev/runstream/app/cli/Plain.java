package dev.runstream.app.cli;

/** Text from elsewhere, made safe for a terminal. Stateless. */
final class Plain {
    private Plain() {}

    /** Without control characters, which could move the cursor or worse; line ends and tabs stay. */
    static String text(String foreign) {
        StringBuilder plain = new StringBuilder(foreign.length());
        foreign.codePoints().forEach(c -> {
            if (c == '\n' || c == '\t' || !isHarmful(c)) {
                plain.appendCodePoint(c);
            }
        });
        return plain.toString();
    }

    /** The same on one line. */
    static String line(String foreign) {
        return text(foreign).replaceAll("\\s+", " ").strip();
    }

    /** Control characters, and the format characters that turn the direction of text. */
    private static boolean isHarmful(int c) {
        return Character.isISOControl(c)
                || (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069)
                || (c >= 0xD800 && c <= 0xDFFF);
    }
}
