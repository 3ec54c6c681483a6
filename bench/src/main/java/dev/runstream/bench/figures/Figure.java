package dev.runstream.bench.figures;

import java.util.List;

/** One thing that is measured: it starts its servers and warms them when it is made, and ends them when it is closed. */
public interface Figure extends AutoCloseable {
    /** What is measured, as a line of the table says it. */
    String title();

    /** What {@link Sample#ours} is and in which unit, and what it is held against. */
    String unit();

    /** What the ratio of this variant is to be. */
    Bound bound(String variant);

    /** Whether variants are alternatives, so that it is enough if one of them is as wanted. */
    default boolean isOneEnough() {
        return false;
    }

    /** Measures each variant once, and the other side beside it. */
    List<Sample> round();

    @Override
    void close();
}
