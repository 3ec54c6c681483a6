package dev.runstream.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An answer that says what is wrong (RFC 9457, {@code application/problem+json}).
 *
 * @param code a stable word for programs
 * @param detail what is wrong and how to mend it, for a person
 * @param faults of single fields; may be empty
 * @param members others that go into the JSON, in order
 * @param headers others that go into the head
 */
public record Problem(
        HttpResponseStatus status,
        String code,
        String detail,
        List<Fault> faults,
        Map<String, Object> members,
        Map<String, String> headers) {
    private static final String RETRY_AFTER_SECONDS = "2";

    /** One field that is wrong, by its dotted path. */
    public record Fault(String field, String message) {}

    public static Problem of(HttpResponseStatus status, String code, String detail) {
        return new Problem(status, code, detail, List.of(), Map.of(), Map.of());
    }

    public static Problem invalidRequest(String detail) {
        return of(HttpResponseStatus.BAD_REQUEST, "invalid-request", detail);
    }

    public static Problem runNotFound(String runId) {
        return of(
                HttpResponseStatus.NOT_FOUND,
                "run-not-found",
                "there is no run \"" + shortened(runId) + "\"; an ended run can be read for a limited time");
    }

    public static Problem notFound(String path) {
        return of(HttpResponseStatus.NOT_FOUND, "not-found", "nothing is at " + shortened(path));
    }

    /** Too much is going on; the same may work later. */
    public static Problem overloaded(String detail) {
        return of(HttpResponseStatus.SERVICE_UNAVAILABLE, "overloaded", detail)
                .withHeader("Retry-After", RETRY_AFTER_SECONDS);
    }

    public static Problem storeUnavailable() {
        return storeUnavailable("the store cannot be reached or written; nothing was stored, try again");
    }

    public static Problem storeUnavailable(String detail) {
        return of(HttpResponseStatus.SERVICE_UNAVAILABLE, "store-unavailable", detail)
                .withHeader("Retry-After", RETRY_AFTER_SECONDS);
    }

    public static Problem internal() {
        return of(
                HttpResponseStatus.INTERNAL_SERVER_ERROR,
                "internal",
                "something went wrong here; the server's log says what");
    }

    public Problem withFaults(List<Fault> all) {
        return new Problem(status, code, detail, List.copyOf(all), members, headers);
    }

    public Problem withMember(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new Problem(status, code, detail, faults, more, headers);
    }

    public Problem withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(status, code, detail, faults, members, more);
    }

    private static String shortened(String text) {
        return text.length() <= 140 ? text : text.substring(0, 140) + "…";
    }
}
