package dev.runstream.app.cli;

import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.time.Duration;

/** What befell a stream, in words. Stateless. */
final class StreamNews {
    /** For the help: how a program tells what was lost. */
    static final String IN_A_PIPE =
            "In a pipe the ids tell what was lost: behind the dash they count 1, 2, 3 ..., so a jump "
                    + "is a gap of events that are no longer held; another number before the dash is a log made anew, which voids "
                    + "what came before. Standard error says so in words.";

    private StreamNews() {}

    /** @param begun whether an event was shown before */
    static String inWords(StreamItem item, boolean begun) {
        return switch (item) {
            case StreamItem.Gap gap when gap.from().equals(gap.to()) -> "event " + gap.from() + " is no longer held";
            case StreamItem.Gap gap -> "events " + gap.from() + " to " + gap.to() + " are no longer held";
            case StreamItem.Reset reset
            when !begun -> "the position is none of this run's event log, which is shown from its first event";
            case StreamItem.Reset reset -> "the server's event log was made anew: what was shown so far is void";
            case StreamItem.Oversized over ->
                "the " + over.event() + " event " + over.id() + " is too large for this client (" + over.bytes()
                        + " bytes) and is left out";
            case StreamItem.Disconnected gone ->
                "connection lost (" + Plain.line(gone.cause()) + "), next try in " + seconds(gone.retryIn());
            case StreamItem.Closing closing -> "the server closes the connection: " + closing.why();
            case StreamItem.Opened opened -> "connected";
            case StreamEvent event -> event.event();
        };
    }

    private static String seconds(Duration wait) {
        return (wait.toMillis() + 500) / 1000 + " s";
    }
}
