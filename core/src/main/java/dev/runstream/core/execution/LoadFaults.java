package dev.runstream.core.execution;

/** What went wrong while a class was loaded, in words that say how to mend it. */
final class LoadFaults {
    private LoadFaults() {}

    static String explain(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnsupportedClassVersionError) {
                int here = Runtime.version().feature();
                return "it is compiled for a newer Java; this is Java " + here + ": compile it with --release " + here;
            }
            if (cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError) {
                return "it needs the class "
                        + String.valueOf(cause.getMessage()).replace('/', '.')
                        + "; an agent sees the JDK, the Runstream core, slf4j and its own jar: put the class into the jar";
            }
        }
        return cause(fault);
    }

    private static String cause(Throwable fault) {
        Throwable cause = fault.getCause();
        if (cause == null) {
            return String.valueOf(fault.getMessage());
        }
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return fault.getMessage() + " (" + cause + ")";
    }
}
