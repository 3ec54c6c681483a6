package dev.runstream.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.runstream.client.Run;
import dev.runstream.client.RunState;
import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shows a run to a person: a progress bar, what the run says of itself, and text as it is written. Confined to one
 * thread.
 */
final class TerminalView implements FollowView {
    private static final Duration PLAIN_PAUSE = Duration.ofSeconds(5);

    private final Screen screen;
    private final InstantSource clock;
    private final Instant since;
    private final Optional<Instant> until;
    private final String resultUrl;
    private final Rate rate = new Rate();
    private final LiveLine live = new LiveLine();
    private String state;
    private int attempt;
    private long done;
    private long total;
    private String said = "";
    private Optional<Outage> outage = Optional.empty();
    private Optional<StreamEvent> last = Optional.empty();
    private boolean begun;
    private boolean writing;
    private boolean lineIsOpen;
    private String plainShown = "";
    private Instant plainShownAt = Instant.MIN;

    /** @param resultUrl where the whole result will be */
    TerminalView(Screen screen, Run run, String resultUrl, InstantSource clock) {
        this.screen = screen;
        this.clock = clock;
        this.since = run.startedAt().orElse(run.createdAt());
        this.until = run.endedAt();
        this.resultUrl = resultUrl;
        this.state = run.state().wireName();
        this.attempt = run.attempt();
    }

    @Override
    public void show(StreamItem item) {
        switch (item) {
            case StreamEvent event -> show(event);
            case StreamItem.Opened opened -> {
                outage = Optional.empty();
                opened.frame().state().ifPresent(now -> state = now.wireName());
            }
            case StreamItem.Disconnected gone -> {
                Instant retryAt = clock.instant().plus(gone.retryIn());
                outage = Optional.of(new Outage(Plain.line(gone.cause()), retryAt));
            }
            case StreamItem.Closing closing -> {}
            case StreamItem.Reset reset -> {
                forget();
                note(StreamNews.inWords(item, begun));
            }
            case StreamItem.Gap gap -> note(StreamNews.inWords(item, begun));
            case StreamItem.Oversized passed -> note(StreamNews.inWords(item, begun));
        }
    }

    private void show(StreamEvent event) {
        begun = true;
        JsonNode data = event.data().tree();
        switch (event.event()) {
            case "status" -> showStatus(data);
            case "delta" -> showDelta(data);
            case "partial" -> live.take(data);
            default -> last = event.isTerminal() ? Optional.of(event) : last;
        }
    }

    private void showStatus(JsonNode data) {
        state = Plain.line(data.path("state").asText(state));
        int named = data.path("attempt").asInt(attempt);
        if (named > attempt && writing) {
            note("attempt " + named + " begins anew");
        }
        if (named != attempt) {
            attempt = named;
            forget();
        }
        said = data.has("message") ? Plain.line(data.path("message").asText()) : said;
        JsonNode progress = data.path("progress");
        if (progress.isObject()) {
            done = Math.max(0, progress.path("done").asLong());
            total = Math.max(0, progress.path("total").asLong());
            rate.count(done, clock.millis() * 1_000_000);
        }
    }

    /** Text is what a person came for, so it takes the place of the bar from then on. */
    private void showDelta(JsonNode data) {
        JsonNode text = data.isTextual() ? data : data.path("text");
        if (text.isTextual() && !text.textValue().isEmpty()) {
            writing = true;
            String plain = Plain.text(text.textValue());
            lineIsOpen = plain.isEmpty() ? lineIsOpen : !plain.endsWith("\n");
            screen.print(plain);
        }
    }

    private void forget() {
        done = 0;
        total = 0;
        said = "";
        live.forget();
    }

    @Override
    public void tick() {
        if (writing) {
            return;
        }
        if (screen.movesCursor()) {
            screen.draw(lines());
        } else {
            tellPlainly();
        }
    }

    private List<String> lines() {
        int columns = screen.columns();
        List<String> lines = new ArrayList<>();
        lines.add(ProgressLine.draw(progress(), columns, screen.isUnicode(), screen.colours()));
        String below = outage.map(this::inWords)
                .orElseGet(() -> said.isEmpty() ? live.draw(columns, screen.isUnicode()) : said);
        String fitting = Width.cut(below, columns, screen.isUnicode());
        if (!fitting.isEmpty()) {
            lines.add(screen.paint(outage.isPresent() ? Paint.YELLOW : Paint.DIM, fitting));
        }
        return lines;
    }

    private String inWords(Outage lost) {
        long seconds =
                Math.max(0, Duration.between(clock.instant(), lost.retryAt()).toMillis() + 999) / 1000;
        String next = seconds == 0 ? "trying again" : "next try in " + seconds + " s";
        return "connection lost, " + next + " (" + lost.cause() + ")";
    }

    /** Without a cursor: a line when the state changes, else at most every few seconds and only if there is news. */
    private void tellPlainly() {
        String now = state + outage.isPresent();
        boolean isNews = !now.equals(plainShown);
        if (isNews || (total > 0 && clock.instant().isAfter(plainShownAt.plus(PLAIN_PAUSE)))) {
            plainShown = now;
            plainShownAt = clock.instant();
            screen.print(ProgressLine.draw(progress(), screen.columns(), false, false)
                    + outage.map(lost -> "\n" + inWords(lost)).orElse("") + "\n");
        }
    }

    private Progress progress() {
        return new Progress(state, attempt, done, total, rate.perSecond(), elapsed());
    }

    private Duration elapsed() {
        return Duration.between(since, until.orElseGet(clock::instant));
    }

    @Override
    public void note(String text) {
        screen.print(endOfLine() + screen.paint(Paint.YELLOW, text) + "\n");
    }

    @Override
    public void end(RunState end) {
        StringBuilder told = new StringBuilder(endOfLine());
        Paint paint = end == RunState.COMPLETED ? Paint.GREEN : end == RunState.FAILED ? Paint.RED : Paint.YELLOW;
        JsonNode data = last.map(event -> event.data().tree()).orElse(null);
        if (end == RunState.COMPLETED && data != null && !writing) {
            Outline.lines(data, screen.columns(), screen.isUnicode())
                    .forEach(line -> told.append(line).append('\n'));
        }
        told.append(screen.paint(paint, end.wireName())).append(" after ").append(ProgressLine.clock(elapsed()));
        if (end != RunState.COMPLETED && data != null) {
            told.append(": ").append(Plain.line(data.path("message").asText()));
            String code = Plain.line(data.path("code").asText());
            told.append(code.isEmpty() || code.equals(end.wireName()) ? "" : " (" + code + ")");
        }
        told.append('\n');
        if (end == RunState.COMPLETED) {
            told.append(screen.paint(Paint.DIM, "the whole result: curl -s " + resultUrl))
                    .append('\n');
        }
        screen.print(told.toString());
    }

    @Override
    public void stop() {
        screen.print(endOfLine());
    }

    private String endOfLine() {
        String end = lineIsOpen ? "\n" : "";
        lineIsOpen = false;
        return end;
    }

    private record Outage(String cause, Instant retryAt) {}
}
