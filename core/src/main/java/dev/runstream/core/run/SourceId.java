package dev.runstream.core.run;

/**
 * A place in the stream that a run is copied from: the id of one of its entries, ordered as that stream is.
 *
 * @param millis since 1970, by the clock of whoever wrote the entry
 * @param seq tells entries of one millisecond apart, from 0
 */
public record SourceId(long millis, long seq) implements Comparable<SourceId> {
    /** Before every entry. */
    public static final SourceId NONE = new SourceId(0, 0);

    /** @throws IllegalArgumentException unless the text is {@code <millis>-<seq>} */
    public static SourceId parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("no id of an entry: " + text);
        }
        return new SourceId(Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    /** The place directly before this one. */
    public SourceId before() {
        return seq > 0 ? new SourceId(millis, seq - 1) : new SourceId(Math.max(0, millis - 1), Long.MAX_VALUE);
    }

    public boolean isAfter(SourceId other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(SourceId other) {
        int byTime = Long.compare(millis, other.millis);
        return byTime != 0 ? byTime : Long.compare(seq, other.seq);
    }

    @Override
    public String toString() {
        return millis + "-" + seq;
    }
}
