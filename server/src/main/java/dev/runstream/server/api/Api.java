package dev.runstream.server.api;

import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunStore;
import dev.runstream.server.ServerSettings;
import dev.runstream.server.http.BodyMemory;
import dev.runstream.server.http.BodySink;
import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Response;
import dev.runstream.server.http.Router;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** The endpoints of runs and agents. */
public final class Api {
    private Api() {}

    /**
     * Adds them to a router.
     *
     * @param bodies what bodies on their way may take of the heap
     * @param draining whether the server is stopping, so that no run may begin
     */
    public static void addTo(
            Router router,
            ServerSettings settings,
            RunSettings runSettings,
            RunStore store,
            AgentDirectory agents,
            BodyMemory bodies,
            InstantSource clock,
            RandomGenerator random,
            BooleanSupplier draining) {
        String base = settings.basePath();
        RunJson runJson = new RunJson(base);
        RunEndpoints runs = new RunEndpoints(store, runJson);
        router.get(base, exchange -> agents(exchange, agents))
                .get(base + "/runs", new ListEndpoint(store, runJson))
                .get(base + "/run/*", runs::show)
                .get(base + "/run/*/result", runs::result)
                .add(HttpMethod.DELETE, base + "/run/*", runs::cancel)
                .add(
                        HttpMethod.POST,
                        base + "/run",
                        new StartEndpoint(
                                store,
                                agents,
                                runSettings,
                                settings.maxInputBytes(),
                                bodies,
                                runJson,
                                clock,
                                random,
                                draining))
                .add(
                        HttpMethod.POST,
                        base + "/run/*/events",
                        new PublishEndpoint(store, settings.maxEventBytes(), settings.lease(), bodies));
    }

    private static BodySink agents(Exchange exchange, AgentDirectory agents) {
        List<Map<String, String>> entries = new ArrayList<>();
        for (AgentDirectory.Entry agent : agents.entries()) {
            Map<String, String> entry = new LinkedHashMap<>();
            entry.put("name", agent.name());
            entry.put("description", agent.description());
            entries.add(entry);
        }
        exchange.respond(Response.json(HttpResponseStatus.OK, Map.of("agents", entries)));
        return BodySink.IGNORE;
    }
}
