package dev.runstream.server.api;

import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunIds;
import dev.runstream.core.run.RunListing;
import dev.runstream.core.run.RunQuery;
import dev.runstream.core.run.RunState;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Endpoint;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import dev.runstream.server.http.Response;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code GET …/runs}: the runs, latest created first, page by page. */
final class ListEndpoint implements Endpoint {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 1_000;

    private final RunStore store;
    private final RunJson runJson;

    ListEndpoint(RunStore store, RunJson runJson) {
        this.store = store;
        this.runJson = runJson;
    }

    @Override
    public BodySink handle(Exchange exchange) {
        List<Problem.Fault> faults = new ArrayList<>();
        Optional<String> stateName = exchange.query("state").filter(text -> !text.isEmpty());
        Optional<RunState> state = stateName.flatMap(RunState::ofWireName);
        if (stateName.isPresent() && state.isEmpty()) {
            String known =
                    Arrays.stream(RunState.values()).map(RunState::wireName).collect(Collectors.joining(", "));
            faults.add(new Problem.Fault("state", "has to be one of " + known));
        }
        int limit = exchange.query("limit")
                .filter(text -> !text.isEmpty())
                .map(ListEndpoint::limit)
                .orElse(DEFAULT_LIMIT);
        if (limit < 1) {
            faults.add(new Problem.Fault("limit", "has to be a whole number from 1 to " + MOST));
        }
        Optional<String> token = exchange.query("after").filter(text -> !text.isEmpty());
        Optional<RunQuery.Place> after = token.flatMap(ListEndpoint::place);
        if (token.isPresent() && after.isEmpty()) {
            faults.add(new Problem.Fault("after", "has to be the \"next\" of the page before"));
        }
        if (!faults.isEmpty()) {
            exchange.respond(
                    Problem.invalidRequest("the query is not in good form").withFaults(faults));
            return BodySink.IGNORE;
        }
        Optional<String> agent = exchange.query("agent").filter(text -> !text.isEmpty());
        StoreAnswers.answer(
                exchange,
                store.list(new RunQuery(state, agent, limit, after))
                        .thenApply(listing -> Response.json(HttpResponseStatus.OK, json(listing))));
        return BodySink.IGNORE;
    }

    private Map<String, @Nullable Object> json(RunListing listing) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("runs", listing.runs().stream().map(runJson::of).toList());
        json.put("next", listing.more() ? token(listing.runs().getLast()) : null);
        return json;
    }

    /** The number, or 0 where it is none. */
    private static int limit(String text) {
        return text.matches("[1-9][0-9]{0,3}") && Integer.parseInt(text) <= MOST ? Integer.parseInt(text) : 0;
    }

    private static String token(Run run) {
        RunQuery.Place place = RunQuery.Place.of(run.record());
        String plain = place.createdAtMillis() + " " + place.runId();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
    }

    private static Optional<RunQuery.Place> place(String token) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
            int space = plain.indexOf(' ');
            if (space < 1 || !RunIds.isValid(plain.substring(space + 1))) {
                return Optional.empty();
            }
            return Optional.of(
                    new RunQuery.Place(Long.parseLong(plain.substring(0, space)), plain.substring(space + 1)));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }
}
