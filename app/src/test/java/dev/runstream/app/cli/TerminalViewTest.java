package dev.runstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.runstream.client.EventId;
import dev.runstream.client.JsonData;
import dev.runstream.client.Run;
import dev.runstream.client.RunState;
import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TerminalViewTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Instant now = START;
    private int seq;

    @Test
    void drawsOverWhatItDrewBefore() {
        TerminalView view = view(true);
        view.tick();
        assertThat(written()).isEqualTo("running  0:00\r");
        view.show(event("status", "{\"state\":\"running\",\"message\":\"warming up\"}"));
        view.tick();
        assertThat(written()).isEqualTo("\r\u001b[Jrunning  0:00\nwarming up\r");
        now = now.plusSeconds(1);
        view.tick();
        assertThat(written()).isEqualTo("\u001b[1A\r\u001b[Jrunning  0:01\nwarming up\r");
        view.tick();
        assertThat(written()).isEmpty();
    }

    @Test
    void countsDownToTheNextTryWhileTheConnectionIsLost() {
        TerminalView view = view(true);
        view.show(new StreamItem.Disconnected("broken", 1, Duration.ofMillis(2500)));
        view.tick();
        assertThat(written()).isEqualTo("running  0:00\nconnection lost, next try in 3 s (broken)\r");
        now = now.plusSeconds(3);
        view.tick();
        assertThat(written()).endsWith("running  0:03\nconnection lost, trying again (broken)\r");
    }

    @Test
    void forgetsTheProgressOfAnEarlierAttempt() {
        TerminalView view = view(true);
        view.show(event("status", "{\"state\":\"running\",\"progress\":{\"done\":5,\"total\":10}}"));
        view.show(event("partial", "{\"x\":1}"));
        view.show(event("status", "{\"state\":\"running\",\"attempt\":2}"));
        view.tick();
        assertThat(written()).isEqualTo("running (attempt 2)  0:00\r");
    }

    @Test
    void tellsOfEventsThatAreMissing() {
        TerminalView view = view(true);
        view.tick();
        view.show(new StreamItem.Gap(new EventId(7, 1), new EventId(7, 5), true));
        assertThat(written()).endsWith("\r\u001b[Jevents 7-1 to 7-5 are no longer held\n");
        view.show(new StreamItem.Reset());
        assertThat(written())
                .isEqualTo("the position is none of this run's event log, which is shown from its first event\n");
        view.show(event("status", "{\"state\":\"running\"}"));
        view.show(new StreamItem.Reset());
        assertThat(written()).isEqualTo("the server's event log was made anew: what was shown so far is void\n");
    }

    @Test
    void tellsOnlyNewsWhereTheCursorCannotMove() {
        TerminalView view = view(false);
        view.tick();
        view.tick();
        assertThat(written()).isEqualTo("running  0:00\n");
        view.show(event("status", "{\"state\":\"running\",\"progress\":{\"done\":5,\"total\":10}}"));
        view.tick();
        assertThat(written()).isEmpty();
        now = now.plusSeconds(6);
        view.tick();
        assertThat(written()).isEqualTo("running  ####################--------------------   50%  0:06  5/10\n");
        view.show(event("status", "{\"state\":\"cancelling\"}"));
        view.tick();
        assertThat(written()).startsWith("cancelling  ");
    }

    @Test
    void endsATextWithALineOfItsOwn() {
        TerminalView view = view(true);
        view.show(event("delta", "\"Hel\""));
        view.show(event("delta", "{\"text\":\"lo\"}"));
        view.tick();
        view.show(event("complete", "{\"text\":\"Hello\"}"));
        view.end(RunState.COMPLETED);
        assertThat(written()).isEqualTo("Hello\ncompleted after 0:00\nthe whole result: curl -s http://x/result\n");
    }

    @Test
    void tellsHowLongARunTookThatEndedLongAgo() {
        TerminalView view = view(true, Optional.of(START.plusSeconds(7)));
        now = now.plusSeconds(3600);
        view.show(event("complete", "1"));
        view.end(RunState.COMPLETED);
        assertThat(written()).startsWith("1\ncompleted after 0:07\n");
    }

    @Test
    void showsWhatMovesInTheResultSoFar() {
        TerminalView view = view(true);
        view.show(event("partial", "{\"total\":9,\"metrics\":{\"tvpi\":{\"p50\":1.5,\"p95\":3}}}"));
        view.show(event("partial", "{\"total\":9,\"metrics\":{\"tvpi\":{\"p50\":1.6,\"p95\":3}}}"));
        view.tick();
        assertThat(written()).isEqualTo("running  0:00\ntvpi 1.60 · total 9 · metrics.tvpi.p95 3\r");
    }

    private TerminalView view(boolean movesCursor) {
        return view(movesCursor, Optional.empty());
    }

    private TerminalView view(boolean movesCursor, Optional<Instant> endedAt) {
        Terminal terminal = new Terminal(() -> 80, movesCursor, false, StandardCharsets.UTF_8);
        Surroundings around = new Surroundings(
                new ByteArrayInputStream(new byte[0]),
                out,
                false,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                Map.of(),
                Optional.of(terminal),
                Signals.ofProcess(),
                () -> now);
        Run run = new Run(
                "r1",
                "a",
                RunState.RUNNING,
                1,
                START,
                Optional.of(START),
                endedAt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                Optional.empty(),
                JsonNodeFactory.instance.objectNode());
        return new TerminalView(new Screen(Output.of(around), terminal), run, "http://x/result", around.clock());
    }

    private StreamItem event(String name, String data) {
        return new StreamEvent(new EventId(7, ++seq), name, JsonData.of(data));
    }

    private String written() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }
}
