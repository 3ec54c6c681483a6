package dev.runstream.app.cli;

/** How much room text takes on a terminal. Stateless. */
final class Width {
    private Width() {}

    /** The text if it fits, else its beginning and a mark. */
    static String cut(String text, int columns, boolean isUnicode) {
        if (of(text) <= columns) {
            return text;
        }
        String mark = isUnicode ? "…" : "..";
        StringBuilder kept = new StringBuilder();
        int used = mark.length();
        for (int c : text.codePoints().toArray()) {
            used += of(c);
            if (used > columns) {
                break;
            }
            kept.appendCodePoint(c);
        }
        return columns < mark.length() ? "" : kept + mark;
    }

    static int of(String text) {
        return text.codePoints().map(Width::of).sum();
    }

    /** Two columns for the wide scripts and pictures (Unicode Standard Annex 11, roughly), none for combining marks. */
    private static int of(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean isWide = (c >= 0x1100 && c <= 0x115F)
                || (c >= 0x2E80 && c <= 0xA4CF)
                || (c >= 0xAC00 && c <= 0xD7A3)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0xFE30 && c <= 0xFE6F)
                || (c >= 0xFF00 && c <= 0xFF60)
                || (c >= 0xFFE0 && c <= 0xFFE6)
                || (c >= 0x1F300 && c <= 0x1FAFF)
                || (c >= 0x20000 && c <= 0x3FFFD);
        return isWide ? 2 : 1;
    }
}
