package dev.runstream.server.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds the endpoint of a request. Filled at start, then only read. */
public final class Router {
    private static final String VARIABLE = "*";

    private final List<Route> routes = new ArrayList<>();
    private final Endpoint fallback;

    private record Route(List<String> pattern, Map<HttpMethod, Endpoint> endpoints) {
        boolean matches(List<String> path) {
            if (path.size() != pattern.size()) {
                return false;
            }
            for (int i = 0; i < path.size(); i++) {
                if (!pattern.get(i).equals(path.get(i)) && !isVariable(i)) {
                    return false;
                }
            }
            return true;
        }

        private boolean isVariable(int index) {
            return pattern.get(index).equals(VARIABLE);
        }

        List<String> variables(List<String> path) {
            List<String> variables = new ArrayList<>(1);
            for (int i = 0; i < path.size(); i++) {
                if (isVariable(i)) {
                    variables.add(path.get(i));
                }
            }
            return variables;
        }
    }

    /** @param fallback for GETs of a path that has no route */
    public Router(Endpoint fallback) {
        this.fallback = fallback;
    }

    /** Adds an endpoint; a path segment {@code *} is a variable. */
    public Router add(HttpMethod method, String path, Endpoint endpoint) {
        List<String> pattern = segments(path);
        for (Route route : routes) {
            if (route.pattern().equals(pattern)) {
                route.endpoints().put(method, endpoint);
                return this;
            }
        }
        Map<HttpMethod, Endpoint> endpoints = new LinkedHashMap<>();
        endpoints.put(method, endpoint);
        routes.add(new Route(pattern, endpoints));
        return this;
    }

    /** Adds an endpoint for GET that answers HEAD as well. */
    public Router get(String path, Endpoint endpoint) {
        return add(HttpMethod.GET, path, endpoint).add(HttpMethod.HEAD, path, endpoint);
    }

    BodySink route(Exchange exchange) {
        List<String> path = exchange.segments();
        for (Route route : routes) {
            if (route.matches(path)) {
                exchange.pathParameters(route.variables(path));
                return call(route, exchange);
            }
        }
        if (exchange.method().equals(HttpMethod.GET) || exchange.isHead()) {
            return fallback.handle(exchange);
        }
        boolean asksAboutAll =
                exchange.method().equals(HttpMethod.OPTIONS) && exchange.path().equals("*");
        exchange.respond(asksAboutAll ? Response.noContent() : Response.of(Problem.notFound(exchange.path())));
        return BodySink.IGNORE;
    }

    private static BodySink call(Route route, Exchange exchange) {
        Endpoint endpoint = route.endpoints().get(exchange.method());
        if (endpoint != null) {
            return endpoint.handle(exchange);
        }
        String allowed =
                route.endpoints().keySet().stream().map(HttpMethod::name).collect(Collectors.joining(", "))
                        + ", OPTIONS";
        if (exchange.method().equals(HttpMethod.OPTIONS)) {
            exchange.respond(Response.noContent().with("Allow", allowed));
        } else {
            exchange.respond(Problem.of(
                            HttpResponseStatus.METHOD_NOT_ALLOWED,
                            "method-not-allowed",
                            exchange.method() + " is not possible here; " + allowed + " are")
                    .withHeader("Allow", allowed));
        }
        return BodySink.IGNORE;
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }
}
