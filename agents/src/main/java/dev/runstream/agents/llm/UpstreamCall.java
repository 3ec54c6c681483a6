package dev.runstream.agents.llm;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One request on its way; any thread may close it, which closes its connection at once. */
final class UpstreamCall implements AutoCloseable {
    private final CompletableFuture<HttpResponse<InputStream>> response;

    // under this object's lock
    private boolean closed;
    private @Nullable InputStream body;

    UpstreamCall(HttpClient client, HttpRequest request) {
        response = client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    }

    /** Waits for the head of the answer. */
    HttpResponse<InputStream> answer() throws IOException, InterruptedException {
        try {
            HttpResponse<InputStream> answered = response.get();
            keep(answered.body());
            return answered;
        } catch (ExecutionException fault) {
            if (fault.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(fault.getCause());
        } catch (CancellationException closedBefore) {
            throw new IOException("closed", closedBefore);
        }
    }

    private synchronized void keep(InputStream answered) throws IOException {
        body = answered;
        if (closed) {
            answered.close();
        }
    }

    @Override
    public void close() {
        InputStream open;
        synchronized (this) {
            closed = true;
            open = body;
        }
        response.cancel(true);
        if (open != null) {
            try {
                open.close();
            } catch (IOException alreadyGone) {
                // There is nothing left to close.
                return;
            }
        }
    }
}
