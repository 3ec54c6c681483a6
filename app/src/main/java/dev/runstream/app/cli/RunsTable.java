package dev.runstream.app.cli;

import dev.runstream.client.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Runs as a table for a person. Stateless. */
final class RunsTable {
    private static final List<String> HEAD = List.of("STATE", "AGENT", "AGE", "TOOK", "RUN ID");

    private RunsTable() {}

    static List<String> lines(List<Run> runs, Instant now) {
        if (runs.isEmpty()) {
            return List.of("No runs.");
        }
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        for (Run run : runs) {
            rows.add(List.of(
                    run.state().wireName(),
                    Plain.line(run.agent()),
                    age(Duration.between(run.createdAt(), now)),
                    took(run, now),
                    Plain.line(run.runId())));
        }
        return rows.stream().map(row -> line(row, rows)).toList();
    }

    private static String line(List<String> row, List<List<String>> rows) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < HEAD.size() - 1; column++) {
            int at = column;
            int width = rows.stream()
                    .mapToInt(other -> Width.of(other.get(at)))
                    .max()
                    .orElse(0);
            line.append(row.get(at)).repeat(' ', width - Width.of(row.get(at)) + 2);
        }
        return line + row.getLast();
    }

    private static String took(Run run, Instant now) {
        return run.startedAt()
                .map(from ->
                        ProgressLine.clock(Duration.between(from, run.endedAt().orElse(now))))
                .orElse("-");
    }

    static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
