package dev.runstream.app.config;

/** How a line of the log looks. */
public enum LogFormat {
    /** For a person. */
    TEXT("text"),
    /** One JSON object a line, for a machine. */
    JSON("json");

    private final String word;

    LogFormat(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
