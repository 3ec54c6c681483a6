package dev.runstream.client;

/** Frames as a server writes them. */
final class Frame {
    private Frame() {}

    static String first(String resume) {
        return "retry: 0\nevent: status\ndata: {\"state\":\"running\",\"attempt\":1,\"runId\":\"r\",\"resume\":\""
                + resume + "\"}\n\n";
    }

    static String first(String resume, String more) {
        return first(resume).replace("\"}\n\n", "\"," + more + "}\n\n");
    }

    static String event(String id, String event, String data) {
        return "id: " + id + "\nevent: " + event + "\ndata: " + data + "\n\n";
    }

    static String delta(String id) {
        return event(id, "delta", "{\"n\":\"" + id + "\"}");
    }

    static String complete(String id) {
        return event(id, "complete", "{\"ok\":true}");
    }

    static String notice(String data) {
        return "event: status\ndata: " + data + "\n\n";
    }
}
