package dev.runstream.client;

import dev.runstream.client.ScriptedServer.Exchange;
import dev.runstream.client.ScriptedServer.Request;
import dev.runstream.client.ScriptedServer.Script;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An external run as the wire contract describes one, for one producer. */
final class PublishAuthority {
    private final List<String> stored = new ArrayList<>();
    private volatile boolean cancelRequested;

    synchronized List<String> stored() {
        return List.copyOf(stored);
    }

    void requestCancel() {
        cancelRequested = true;
    }

    /** Takes every line and answers. */
    Script takes() {
        return exchange -> {
            take(exchange.request(), Integer.MAX_VALUE);
            exchange.send(ok());
        };
    }

    /** Takes every line, and the answer is lost. */
    Script takesAndLosesTheAnswer() {
        return exchange -> {
            take(exchange.request(), Integer.MAX_VALUE);
            exchange.send("HTTP/1.1 200 OK\r\nCon");
            exchange.cut();
        };
    }

    /** Takes some lines and dies. */
    Script takesAndDies(int lines) {
        return exchange -> {
            take(exchange.request(), lines);
            exchange.cut();
        };
    }

    /** Takes some lines and answers at once, as a server does when a cancel comes meanwhile. */
    Script takesUntilTheCancel(int lines) {
        return exchange -> {
            take(exchange.request(), lines);
            requestCancel();
            exchange.send(ok());
        };
    }

    /** Refuses one line; those before it stand. */
    Script refusesLine(int line, int status, String code) {
        return exchange -> {
            take(exchange.request(), line - 1);
            refuse(exchange, status, "{\"code\":\"" + code + "\",\"detail\":\"why\",\"line\":" + line + "}");
        };
    }

    private synchronized void refuse(Exchange exchange, int status, String body) throws IOException {
        ScriptedServer.problem(status, "Producer-Expected-Seq: " + stored.size() + "\r\n", body)
                .answer(exchange);
    }

    private synchronized void take(Request request, int lines) throws IOException {
        int seq = Integer.parseInt(request.header("Producer-Seq"));
        for (String line : request.body().lines().limit(lines).toList()) {
            if (seq > stored.size()) {
                throw new IOException("a hole before " + seq);
            }
            if (seq++ == stored.size()) {
                stored.add(line);
            }
        }
    }

    private synchronized String ok() {
        String body = "{\"lastEventId\":\"5-" + (stored.size() + 1) + "\",\"state\":\"running\",\"cancelRequested\":"
                + cancelRequested + "}";
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
    }
}
