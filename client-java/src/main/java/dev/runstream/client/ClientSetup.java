package dev.runstream.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What every call, stream and publisher of one client shares. Immutable. */
record ClientSetup(
        HttpClient http,
        URI base,
        Map<String, String> headers,
        ObjectMapper json,
        Backoff backoff,
        Duration callTimeout,
        int callAttempts,
        RandomGenerator random,
        InstantSource clock,
        Waits waits) {
    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        headers.forEach(request::setHeader);
        if (base.getScheme().equalsIgnoreCase("http")) {
            // Else the JDK asks to upgrade each plain connection to HTTP/2.
            request.version(HttpClient.Version.HTTP_1_1);
        }
        return request;
    }
}
