package dev.runstream.client;

/**
 * One event of a run's log. Each is yielded once, in order.
 *
 * @param id where it stands; following can go on after it, see {@link FollowOptions#after}
 * @param event its name: {@code status}, {@code delta}, {@code partial}, {@code complete} or {@code error}
 * @param data its JSON
 */
public record StreamEvent(EventId id, String event, JsonData data) implements StreamItem {
    /** Whether it is the run's last event. */
    public boolean isTerminal() {
        return isTerminal(event);
    }

    static boolean isTerminal(String event) {
        return event.equals("complete") || event.equals("error");
    }
}
