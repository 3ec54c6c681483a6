package dev.runstream.store.redis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code redis-server} of the system's package, on a free port of the loopback interface and in a folder of its own. It
 * can be killed and started again on the same port and folder. It dies with this JVM, however that ends.
 *
 * <p>Confined to one thread, but for {@link #run}.
 */
public final class RedisServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(10);

    // The shell becomes the server, so its pid is the server's. What it leaves behind waits for the pipe from this JVM
    // to close, and looks twice before it kills: the pid may belong to somebody else by then.
    private static final String LAUNCH =
            "exec 3<&0; (cat <&3 >/dev/null; grep -qs \":$1\" /proc/$$/cmdline && kill -9 $$)"
                    + " </dev/null >/dev/null 2>&1 & shift; exec redis-server \"$@\" </dev/null 3<&-";

    private final Path folder;
    private final int port;
    private final boolean sentinel;
    private final String password;
    private final Map<String, String> told;
    private @Nullable Process process;

    private RedisServer(Path folder, int port, boolean sentinel, List<String> lines, Map<String, String> told) {
        this.folder = folder;
        this.port = port;
        this.sentinel = sentinel;
        this.told = told;
        password = told.getOrDefault("requirepass", "");
        try {
            Files.write(folder.resolve("redis.conf"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param options names and values of redis.conf in turns
     */
    public static RedisServer start(String... options) {
        return start(false, List.of(), options);
    }

    /**
     * Starts a server that speaks TLS on {@link #tlsPort}, and plainly on {@link #port}.
     *
     * @param clients the value of {@code tls-auth-clients}: whether clients have to show a certificate
     */
    public static RedisServer startWithTls(TestCertificates certificates, String clients, String... options) {
        List<String> all = new ArrayList<>(List.of(
                "tls-port", Integer.toString(Ports.free()),
                "tls-cert-file", certificates.serverCertificate().toString(),
                "tls-key-file", certificates.serverKey().toString(),
                "tls-ca-cert-file", certificates.authority().toString(),
                "tls-auth-clients", clients));
        all.addAll(List.of(options));
        return start(all.toArray(String[]::new));
    }

    static RedisServer startSentinel(List<String> lines) {
        return start(true, lines);
    }

    private static RedisServer start(boolean sentinel, List<String> more, String... options) {
        checkInstalled();
        AssertionError last = new AssertionError("never tried");
        for (int attempt = 0; attempt < 3; attempt++) {
            RedisServer server = configured(sentinel, more, options);
            try {
                server.startAgain();
                return server;
            } catch (AssertionError e) {
                // Somebody may have taken the port since it was found free.
                last = e;
                server.close();
            }
        }
        throw last;
    }

    private static RedisServer configured(boolean sentinel, List<String> more, String... options) {
        int port = Ports.free();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("port", Integer.toString(port));
        settings.put("bind", "127.0.0.1");
        settings.put("logfile", "redis.log");
        settings.put("enable-debug-command", "yes");
        if (!sentinel) {
            settings.put("save", "\"\"");
            settings.put("repl-diskless-sync-delay", "0");
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < options.length; i += 2) {
            if (options[i].equals("user")) {
                lines.add("user " + options[i + 1]);
            } else {
                settings.put(options[i], options[i + 1]);
            }
        }
        Path folder;
        try {
            folder = Files.createTempDirectory("runstream-redis-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.put("dir", folder.toString());
        settings.forEach((key, value) -> lines.add(key + " " + value));
        lines.addAll(more);
        return new RedisServer(folder, port, sentinel, lines, settings);
    }

    /** Starts a server that was stopped, with the data in its folder, and waits until it answers. */
    public void startAgain() {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                LAUNCH,
                "sh",
                Integer.toString(port),
                folder.resolve("redis.conf").toString()));
        if (sentinel) {
            command.add("--sentinel");
        }
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("start.log").toFile())
                    .start();
            process = started;
            Waiting.until("Redis on port " + port + " answers", START, () -> {
                if (!started.isAlive()) {
                    throw new AssertionError("redis-server has ended");
                }
                return "PONG".equals(run("PING"));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + log(), e);
        }
    }

    private static void checkInstalled() {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "redis-server")));
        if (!found) {
            throw new IllegalStateException(
                    "redis-server is not installed: run  apt-get install -y --no-install-recommends redis-server");
        }
    }

    /** What the server wrote. */
    public String log() {
        StringBuilder log = new StringBuilder();
        for (String name : List.of("start.log", "redis.log")) {
            try {
                log.append(Files.readString(folder.resolve(name)));
            } catch (IOException e) {
                log.append("no ").append(name).append('\n');
            }
        }
        return log.toString();
    }

    public int port() {
        return port;
    }

    /** The port for TLS. */
    public int tlsPort() {
        return Integer.parseInt(setting("tls-port"));
    }

    /** {@code redis://127.0.0.1:port} */
    public String address() {
        return "redis://127.0.0.1:" + port;
    }

    /** A setting it was started with; empty if there was none. */
    public String setting(String name) {
        return told.getOrDefault(name, "");
    }

    /**
     * Runs one command on a connection of its own. Any thread.
     *
     * @return a String, a Long, a List of such, or null; an error as a String that begins with {@code -}
     */
    public @Nullable Object run(String... command) {
        try (RespClient client = new RespClient(port)) {
            if (!password.isEmpty()) {
                client.run("AUTH", password);
            }
            return client.run(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer as text, one element per line. */
    public String text(String... command) {
        Object answer = run(command);
        if (answer instanceof List<?> list) {
            return String.join("\n", list.stream().map(String::valueOf).toList());
        }
        return String.valueOf(answer);
    }

    /** How many connections of a name {@code CLIENT LIST} shows. */
    public long clients(String name) {
        return text("CLIENT", "LIST")
                .lines()
                .filter(line -> line.contains(" name=" + name + " "))
                .count();
    }

    /** The server does nothing for this time, and then goes on as if nothing had been. Returns when it has begun. */
    @SuppressWarnings("resource") // closed by the server's answer, which nobody waits for
    public void sleep(Duration time) {
        try {
            RespClient client = new RespClient(port);
            if (!password.isEmpty()) {
                client.run("AUTH", password);
            }
            client.send("DEBUG", "SLEEP", Double.toString(time.toMillis() / 1000.0));
            Waiting.until("Redis sleeps", time, this::isSilent);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isSilent() throws IOException {
        try (RespClient client = new RespClient(port, 20)) {
            client.run("PING");
            return false;
        } catch (SocketTimeoutException silent) {
            return true;
        }
    }

    /** Stops the process where it is, with all its connections open. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("the server does not run");
        }
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + running.pid())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() {
        end(true);
    }

    /** Ends it in good order, with a snapshot or the append-only file written. */
    public void stop() {
        end(false);
    }

    private void end(boolean forcibly) {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        if (forcibly) {
            running.destroyForcibly();
        } else {
            running.destroy();
        }
        try {
            running.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            running.destroyForcibly();
        }
    }

    /** Kills it and deletes its folder. */
    @Override
    public void close() {
        kill();
        // A child that was writing a snapshot ends a little later than its parent.
        Waiting.until("the folder is deleted", START, () -> {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
            return true;
        });
    }
}
