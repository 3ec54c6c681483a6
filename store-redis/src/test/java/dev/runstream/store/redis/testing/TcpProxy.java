package dev.runstream.store.redis.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a server, and does to their connections what networks do: cuts them, refuses them, lets
 * bytes vanish. What it is told holds for open and new connections alike, until told otherwise. Safe for any thread.
 */
public final class TcpProxy implements AutoCloseable {
    private final int target;
    private final ServerSocket listening;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();
    private volatile boolean refusing;
    private volatile boolean stalled;
    private volatile boolean swallowingMessages;
    private volatile boolean closed;

    private record Trap(Predicate<String> request, CompletableFuture<Void> sprung) {}

    /** One client's two sockets. */
    private final class Pair {
        final Socket client;
        final Socket server;
        volatile boolean swallowingAnswers;
        final AtomicLong answerBytesLeft = new AtomicLong(Long.MAX_VALUE);

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pumpRequests() {
            byte[] buffer = new byte[65_536];
            try (OutputStream out = server.getOutputStream()) {
                for (int n = client.getInputStream().read(buffer);
                        n >= 0;
                        n = client.getInputStream().read(buffer)) {
                    Trap set = trap.get();
                    String request = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
                    boolean caught = set != null && set.request().test(request) && trap.compareAndSet(set, null);
                    if (caught) {
                        swallowingAnswers = true;
                    }
                    if (!stalled) {
                        out.write(buffer, 0, n);
                    }
                    if (caught && set != null) {
                        set.sprung().complete(null);
                    }
                }
            } catch (IOException e) {
                // the other side is gone
            }
            close();
        }

        void pumpAnswers() {
            byte[] held = new byte[1 << 20];
            int length = 0;
            try (OutputStream out = client.getOutputStream()) {
                for (int n = server.getInputStream().read(held, length, held.length - length);
                        n >= 0;
                        n = server.getInputStream().read(held, length, held.length - length)) {
                    length += n;
                    int from = 0;
                    for (int end = RespFrames.end(held, 0, length);
                            end > 0;
                            end = from < length ? RespFrames.end(held, from, length) : -1) {
                        forward(out, held, from, end);
                        from = end;
                    }
                    System.arraycopy(held, from, held, 0, length - from);
                    length -= from;
                }
            } catch (IOException e) {
                // the other side is gone
            }
            close();
        }

        private void forward(OutputStream out, byte[] bytes, int from, int end) throws IOException {
            boolean swallowed =
                    stalled || swallowingAnswers || (swallowingMessages && RespFrames.isMessage(bytes, from, end));
            int count = (int) Math.min(end - from, answerBytesLeft.get());
            if (!swallowed && count > 0) {
                out.write(bytes, from, count);
                answerBytesLeft.addAndGet(-count);
            }
        }

        void close() {
            pairs.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private TcpProxy(int target) throws IOException {
        this.target = target;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** A proxy before a port of the loopback interface. */
    public static TcpProxy before(int port) {
        try {
            TcpProxy proxy = new TcpProxy(port);
            Thread.ofVirtual().start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listening.accept();
                if (refusing) {
                    client.close();
                } else {
                    join(client);
                }
            } catch (IOException e) {
                // closed, or this one client is gone
            }
        }
    }

    @SuppressWarnings("resource") // the pair closes it
    private void join(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            client.close();
            return;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Pair pair = new Pair(client, server);
        pairs.add(pair);
        Thread.ofVirtual().start(pair::pumpRequests);
        Thread.ofVirtual().start(pair::pumpAnswers);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** {@code redis://127.0.0.1:port} */
    public String address() {
        return "redis://127.0.0.1:" + port();
    }

    /** How many connections go through it now. */
    public int connections() {
        return pairs.size();
    }

    /** Closes every connection that goes through it now. */
    public void cut() {
        pairs.forEach(Pair::close);
    }

    /** New connections are closed at once. */
    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    /** Connections stay open, and what is sent on them in either direction vanishes. */
    public void stall(boolean stall) {
        stalled = stall;
    }

    /** Messages of channels vanish; all else passes. */
    public void swallowMessages(boolean swallow) {
        swallowingMessages = swallow;
    }

    /**
     * The next request that contains this text reaches the server, but no answer to it or after it comes back on its
     * connection.
     *
     * @return completes when the request has been passed on
     */
    public CompletableFuture<Void> swallowAnswerTo(String text) {
        Trap set = new Trap(request -> request.contains(text), new CompletableFuture<>());
        trap.set(set);
        return set.sprung();
    }

    /** Of what the server answers from now on, only so many bytes come back on each open connection. */
    public void swallowAnswersAfter(long bytes) {
        pairs.forEach(pair -> pair.answerBytesLeft.set(bytes));
    }

    @Override
    public void close() {
        closed = true;
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
