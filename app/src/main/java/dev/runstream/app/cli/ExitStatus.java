package dev.runstream.app.cli;

/** What a command's exit status says. */
final class ExitStatus {
    /** Done; of a run that was followed: completed. */
    static final int DONE = 0;
    /** Refused, the server cannot be reached, or the output not be written; of a run that was followed: failed. */
    static final int FAILED = 1;
    /** The command was used wrongly. */
    static final int WRONG_USE = 2;
    /** The run was cancelled, or Ctrl-C left the command; what shells give for an interrupt. */
    static final int CANCELLED = 130;
    /** Whoever read the output is gone; what shells give for a broken pipe. */
    static final int OUTPUT_CLOSED = 141;

    private ExitStatus() {}
}
