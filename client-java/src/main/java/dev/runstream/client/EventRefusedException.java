package dev.runstream.client;

/**
 * The server refused one event and stored nothing of it. The events before it stand, those after it were sent on.
 */
public final class EventRefusedException extends RunstreamException {
    private final String type;
    private final transient JsonData data;

    EventRefusedException(RunstreamException refusal, String type, JsonData data) {
        super(refusal, "refused the " + type + " event " + shortened(data.text()) + ": " + refusal.getMessage());
        this.type = type;
        this.data = data;
    }

    EventRefusedException(EventRefusedException first) {
        super(first, String.valueOf(first.getMessage()));
        this.type = first.type;
        this.data = first.data;
    }

    /** The refused event's type, such as {@code delta}. */
    public String type() {
        return type;
    }

    /** The refused event's data. */
    public JsonData data() {
        return data;
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "… (" + text.length() + " characters)";
    }
}
