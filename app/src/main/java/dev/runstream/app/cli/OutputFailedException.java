package dev.runstream.app.cli;

import java.io.IOException;

/** The file or device that standard output goes to takes no more, as on a full disk. */
final class OutputFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputFailedException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
