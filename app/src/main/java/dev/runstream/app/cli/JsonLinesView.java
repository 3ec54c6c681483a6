package dev.runstream.app.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.runstream.client.RunState;
import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.io.PrintStream;

/**
 * One line of JSON for each event, for a program: {@code {"id":…,"event":…,"data":…}}, the data token for token as it
 * came. The ids tell a gap (a jump of what is behind the dash) and a log made anew (another number before it); these, and
 * what else befalls the stream, are told in words on standard error.
 */
final class JsonLinesView implements FollowView {
    private final Output out;
    private final PrintStream err;
    private boolean begun;

    JsonLinesView(Output out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public void show(StreamItem item) {
        switch (item) {
            case StreamEvent event -> {
                begun = true;
                out.line("{\"id\":\"" + event.id() + "\",\"event\":\"" + quoted(event.event()) + "\",\"data\":"
                        + onOneLine(event.data().text()) + "}");
            }
            case StreamItem.Opened opened -> {}
            case StreamItem.Closing closing -> {}
            default -> note(StreamNews.inWords(item, begun));
        }
    }

    private static String quoted(String name) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(name));
    }

    /** A line end can only stand between tokens. */
    private static String onOneLine(String json) {
        return json.replace('\n', ' ');
    }

    @Override
    public void tick() {}

    @Override
    public void note(String text) {
        err.println("runstream: " + text);
    }

    @Override
    public void end(RunState end) {}

    @Override
    public void stop() {}
}
