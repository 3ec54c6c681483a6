package dev.runstream.app.cli;

import dev.runstream.client.RunstreamException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Tells a user why a server did not do as asked. Stateless. */
final class Refusals {
    private Refusals() {}

    static List<String> inWords(RunstreamException failure, URI server) {
        List<String> lines = new ArrayList<>();
        switch (failure.code()) {
            case "unreachable" -> {
                lines.add("no server answers at " + server + ": " + Plain.line(why(failure, server)));
                lines.add("Start one with 'runstream serve', or name another with --server or RUNSTREAM_SERVER.");
            }
            case "invalid-answer" ->
                lines.add("what answers at " + server + " is no Runstream server: " + Plain.line(said(failure)));
            default -> lines.add(Plain.line(detail(failure)) + " (" + Plain.line(failure.code()) + ")");
        }
        failure.errors()
                .forEach(fault -> lines.add("  " + Plain.line(fault.field().isEmpty() ? "input" : fault.field()) + ": "
                        + Plain.line(fault.message())));
        return lines;
    }

    private static String detail(RunstreamException failure) {
        String detail = failure.problem().path("detail").asText();
        String title = failure.problem().path("title").asText();
        return !detail.isEmpty() ? detail : !title.isEmpty() ? title : said(failure);
    }

    /** What the client says, without what stands before it already. */
    private static String why(RunstreamException failure, URI server) {
        String said = said(failure);
        String known = "no answer from " + server + ": ";
        return said.startsWith(known) ? said.substring(known.length()) : said;
    }

    private static String said(Throwable fault) {
        return fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
    }
}
