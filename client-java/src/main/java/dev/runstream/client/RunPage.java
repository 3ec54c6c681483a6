package dev.runstream.client;

import java.util.List;
import java.util.Optional;

/**
 * Some of a server's runs, latest created first.
 *
 * @param runs the runs of this page
 * @param next what {@link RunQuery#after} takes for the next page; empty on the last
 */
public record RunPage(List<Run> runs, Optional<String> next) {
    /** Keeps a copy of the list. */
    public RunPage {
        runs = List.copyOf(runs);
    }
}
