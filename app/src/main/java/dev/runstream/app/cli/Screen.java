package dev.runstream.app.cli;

import java.util.List;

/**
 * Lines at the bottom of a terminal that are drawn over, with lasting text above them. Confined to one thread.
 *
 * <p>A terminal that cannot move its cursor gets no such lines.
 */
final class Screen {
    private final Output out;
    private final Terminal terminal;
    private List<String> drawn = List.of();

    Screen(Output out, Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** One column stays free, because some terminals wrap when the last one is written. */
    int columns() {
        return Math.max(1, terminal.columns().getAsInt() - 1);
    }

    boolean isUnicode() {
        return terminal.isUnicode();
    }

    boolean movesCursor() {
        return terminal.movesCursor();
    }

    String paint(Paint paint, String text) {
        return terminal.colours() ? paint.on(text) : text;
    }

    boolean colours() {
        return terminal.colours();
    }

    /** Draws these lines in place of those before. Each must fit into {@link #columns}. */
    void draw(List<String> lines) {
        if (!lines.equals(drawn)) {
            // The cursor waits at the line's beginning: the terminal's echo of ^C must not wrap at its end.
            out.print(erasing() + String.join("\n", lines) + "\r");
            drawn = List.copyOf(lines);
        }
    }

    /** Writes lasting text in place of what is drawn. */
    void print(String text) {
        out.print(erasing() + text);
        drawn = List.of();
    }

    private String erasing() {
        if (drawn.isEmpty()) {
            return "";
        }
        return (drawn.size() > 1 ? "\u001b[" + (drawn.size() - 1) + "A" : "") + "\r\u001b[J";
    }
}
