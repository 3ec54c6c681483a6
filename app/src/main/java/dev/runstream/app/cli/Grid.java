package dev.runstream.app.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Values that belong side by side, as lines of aligned columns. Immutable.
 *
 * @param title what they are together
 * @param columns from left to right; each has the same number of cells
 */
record Grid(String title, List<Column> columns) {
    static final int MOST_ROWS = 16;

    private static final String INDENT = "  ";
    private static final int LEAST_BARS = 8;
    private static final int MOST_BARS = 24;

    /** One column. Where there is no room for all, those of the highest rank go first, all at once. */
    sealed interface Column {
        String name();

        int rank();

        int rows();

        /** How wide it has to be at least. */
        int width();
    }

    record Texts(String name, int rank, boolean isRight, List<String> cells) implements Column {
        @Override
        public int rows() {
            return cells.size();
        }

        @Override
        public int width() {
            return Math.max(
                    Width.of(name), cells.stream().mapToInt(Width::of).max().orElse(0));
        }
    }

    /** Many numbers in each cell, drawn as bars. */
    record Numbers(String name, int rank, List<double[]> cells) implements Column {
        @Override
        public int rows() {
            return cells.size();
        }

        @Override
        public int width() {
            return Math.max(Width.of(name), LEAST_BARS);
        }
    }

    int rows() {
        return columns.getFirst().rows();
    }

    List<String> lines(int width, boolean isUnicode) {
        List<Column> shown = fitting(width);
        int room = width - width(shown);
        int from = Math.max(0, rows() - MOST_ROWS);
        List<StringBuilder> lines = new ArrayList<>();
        for (int row = from - 1; row < rows(); row++) {
            StringBuilder line = new StringBuilder();
            for (Column column : shown) {
                line.append(INDENT).append(cell(column, row < from ? -1 : row, room, isUnicode));
            }
            lines.add(line);
        }
        List<String> told = new ArrayList<>();
        String head = (title + (from > 0 ? " (the last " + MOST_ROWS + " of " + rows() + ")" : "")).strip();
        if (!head.isEmpty()) {
            told.add(Width.cut(head + ":", width, isUnicode));
        }
        lines.forEach(line -> told.add(Width.cut(line.toString().stripTrailing(), width, isUnicode)));
        return told;
    }

    private List<Column> fitting(int width) {
        List<Integer> ranks =
                columns.stream().map(Column::rank).distinct().sorted().toList();
        List<Column> fitting = upTo(ranks.getFirst());
        for (int rank : ranks) {
            List<Column> more = upTo(rank);
            if (width(more) > width) {
                break;
            }
            fitting = more;
        }
        return fitting;
    }

    private List<Column> upTo(int rank) {
        return columns.stream().filter(column -> column.rank() <= rank).toList();
    }

    private static int width(List<Column> columns) {
        return columns.stream()
                .mapToInt(column -> INDENT.length() + column.width())
                .sum();
    }

    /** @param row -1 for the head */
    private static String cell(Column column, int row, int room, boolean isUnicode) {
        return switch (column) {
            case Texts texts -> {
                String text = row < 0 ? texts.name() : texts.cells().get(row);
                String space = " ".repeat(texts.width() - Width.of(text));
                yield texts.isRight() ? space + text : text + space;
            }
            case Numbers numbers -> {
                int width = Math.min(MOST_BARS, numbers.width() + room);
                String text =
                        row < 0 ? numbers.name() : Bars.draw(numbers.cells().get(row), width, isUnicode);
                yield text + " ".repeat(Math.max(0, width - Width.of(text)));
            }
        };
    }
}
