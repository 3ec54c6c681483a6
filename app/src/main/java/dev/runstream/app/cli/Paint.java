package dev.runstream.app.cli;

/** Colours of a terminal (ECMA-48). */
enum Paint {
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    DIM("2");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    String on(String text) {
        return text.isEmpty() ? "" : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
