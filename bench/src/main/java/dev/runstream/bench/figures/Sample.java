package dev.runstream.bench.figures;

/**
 * One measurement of ours and, in the same minute, what it is held against.
 *
 * @param variant which of the ways to run the server
 * @param reference the same of the other side, in the same unit
 */
public record Sample(String variant, double ours, double reference) {
    public double ratio() {
        return ours / reference;
    }
}
