package dev.runstream.app.cli;

import java.io.IOException;

/** Whoever read standard output is gone. */
final class OutputClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputClosedException(IOException cause) {
        super(cause);
    }
}
