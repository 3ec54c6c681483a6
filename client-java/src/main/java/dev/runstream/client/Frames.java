package dev.runstream.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.runstream.client.StreamItem.Closing;
import dev.runstream.client.StreamItem.Gap;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one connection's frames as a Runstream server means them. Confined to the consumer's thread.
 *
 * <p>A frame without an id speaks of the stream and never moves the position.
 */
final class Frames implements SseParser.Sink {
    private final StreamPosition position;
    private final ObjectMapper json;
    private final Consumer<StreamItem> out;

    private boolean delivered;
    private boolean terminal;
    private @Nullable Duration retry;
    private @Nullable String closing;
    private @Nullable String doubt;

    Frames(StreamPosition position, ObjectMapper json, Consumer<StreamItem> out) {
        this.position = position;
        this.json = json;
        this.out = out;
        position.connectionBegins();
    }

    /** Whether this connection brought the reader further. */
    boolean delivered() {
        return delivered;
    }

    /** Whether the run's last event came. */
    boolean terminal() {
        return terminal;
    }

    /** The wait the server asked for on this connection. */
    Optional<Duration> retry() {
        return Optional.ofNullable(retry);
    }

    /** Why the server is about to end this connection although the run goes on. */
    Optional<String> closing() {
        return Optional.ofNullable(closing);
    }

    /** Why this connection is not to be believed, and given up. */
    Optional<String> doubt() {
        return Optional.ofNullable(doubt);
    }

    @Override
    public void event(SseEvent frame) {
        if (ignoring()) {
            return;
        }
        JsonData data = new JsonData(frame.data(), json);
        String id = frame.id().orElse("");
        if (!id.isEmpty()) {
            EventId eventId = readId(id);
            if (take(eventId, frame.event())) {
                out.accept(new StreamEvent(eventId, frame.event(), data));
            }
        } else if (frame.event().equals("status")) {
            takeNotice(data);
        }
    }

    @Override
    public void oversized(Optional<String> id, String event, long bytes) {
        if (ignoring() || id.isEmpty() || id.get().isEmpty()) {
            return;
        }
        EventId eventId = readId(id.get());
        if (take(eventId, event)) {
            out.accept(new StreamItem.Oversized(eventId, event, bytes));
        }
    }

    @Override
    public void retry(long millis) {
        retry = Duration.ofMillis(millis);
    }

    private boolean ignoring() {
        return terminal || closing != null || doubt != null;
    }

    private static EventId readId(String id) {
        return EventId.tryParse(id)
                .orElseThrow(() -> RunstreamException.invalidAnswer("not an event id in the stream: " + id, null));
    }

    private boolean take(EventId id, String event) {
        return switch (position.judge(id, out)) {
            case REPEAT -> false;
            case DOUBT -> {
                doubt = "event " + id + " does not follow the position, and nothing said why";
                yield false;
            }
            case DELIVER -> {
                delivered = true;
                terminal = StreamEvent.isTerminal(event);
                yield true;
            }
        };
    }

    private void takeNotice(JsonData data) {
        JsonNode notice = data.tree();
        if (notice.has("resume")) {
            FirstFrame first = FirstFrame.read(data);
            out.accept(new StreamItem.Opened(first));
            if (first.resume().equals("reset")) {
                position.reset();
                out.accept(new StreamItem.Reset());
            }
        }
        readGap(notice.path("gap")).filter(position::tell).ifPresent(out);
        Json.text(notice, "closing").ifPresent(why -> {
            closing = "the server closed the connection: " + why;
            out.accept(new Closing(readWhy(why)));
        });
    }

    private static Optional<Gap> readGap(JsonNode gap) {
        Optional<EventId> from = Json.text(gap, "from", EventId::tryParse);
        Optional<EventId> to = Json.text(gap, "to", EventId::tryParse);
        return from.flatMap(first -> to.map(last -> new Gap(first, last, true)));
    }

    private static Closing.Why readWhy(String why) {
        for (Closing.Why known : Closing.Why.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(why)) {
                return known;
            }
        }
        return Closing.Why.OTHER;
    }
}
