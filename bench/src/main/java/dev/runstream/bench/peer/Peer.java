package dev.runstream.bench.peer;

import dev.runstream.bench.Reading;
import dev.runstream.bench.Workplace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server under measurement: a process on a core of its own, and how {@code loadgen} is to talk to it. */
public final class Peer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_MILLIS = 5;
    private static final Map<String, String> SMALL_YOUNG_GENERATION = Map.of("JDK_JAVA_OPTIONS", "-Xmn8m");

    private final Workplace workplace;
    private final String name;
    private final Process process;
    private final int port;
    private final List<String> wire;

    private Peer(Workplace workplace, String name, Process process, int port, List<String> wire) {
        this.workplace = workplace;
        this.name = name;
        this.process = process;
        this.port = port;
        this.wire = wire;
    }

    /** This project's server as a user starts it, through the launcher, with empty data. */
    public static Peer runstream(Workplace workplace, Store store, String transport, String... flags) {
        return runstream(workplace, store, transport, Map.of(), flags);
    }

    /** The same with a small young generation, see {@link #bareNetty}. */
    public static Peer runstreamForIdling(Workplace workplace) {
        return runstream(workplace, Store.MEMORY, "epoll", SMALL_YOUNG_GENERATION);
    }

    private static Peer runstream(
            Workplace workplace, Store store, String transport, Map<String, String> environment, String... flags) {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(
                workplace.launcher().toString(),
                "serve",
                "--port",
                Integer.toString(port),
                "--store",
                store.toString(),
                "--transport",
                transport,
                "--data",
                workplace.newFolder("data").toString()));
        command.addAll(List.of(flags));
        return launch(
                workplace,
                "runstream " + store + " " + transport,
                Workplace.onServerCore(command),
                port,
                List.of(),
                environment);
    }

    /** This project's server as a newcomer meets it: no flag but the port, and not bound to a core. */
    public static Peer onAllCores(Workplace workplace) {
        int port = freePort();
        return launch(
                workplace,
                "runstream",
                List.of(
                        workplace.launcher().toString(),
                        "serve",
                        "--port",
                        Integer.toString(port),
                        "--data",
                        workplace.newFolder("data").toString()),
                port,
                List.of(),
                Map.of());
    }

    /** The hub in plain Node. */
    public static Peer nodeHub(Workplace workplace) {
        int port = freePort();
        return launch(
                workplace,
                "node",
                Workplace.onServerCore(List.of("node", workplace.hub().toString(), Integer.toString(port))),
                port,
                List.of("-P", "/%/events", "-S", "/%/stream", "-C", "", "-F", "\t", "-T", "text/plain"),
                Map.of());
    }

    /**
     * A Netty server whose connections do nothing at all, in a JVM with the options of ours.
     *
     * <p>Its young generation is small, so that what the process grows by is what connections take, not how much of the
     * heap their coming has passed through.
     */
    public static Peer bareNetty(Workplace workplace) {
        int port = freePort();
        return launch(
                workplace,
                "bare netty",
                Workplace.onServerCore(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-Dio.netty.tryReflectionSetAccessible=true",
                        "-Dio.netty.leakDetection.level=disabled",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseCompactObjectHeaders",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareNetty.class.getName(),
                        Integer.toString(port))),
                port,
                List.of("-C", ""),
                SMALL_YOUNG_GENERATION);
    }

    private static Peer launch(
            Workplace workplace,
            String name,
            List<String> command,
            int port,
            List<String> wire,
            Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(workplace.scratch().resolve("servers.log").toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            // Whatever ends the measurements ends what they started.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            Peer peer = new Peer(workplace, name, process, port, wire);
            peer.awaitPort();
            return peer;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** {@code loadgen} against this server. */
    public Reading load(String mode, String... args) {
        List<String> all = new ArrayList<>(List.of(
                mode, "-a", "127.0.0.1:" + port, "-p", Long.toString(process.pid()), "-l", name.replace(' ', '_')));
        all.addAll(wire);
        all.addAll(List.of(args));
        Reading reading = workplace.loadgen(all);
        System.err.println("  " + reading);
        return reading;
    }

    public String name() {
        return name;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("BusyWait") // nothing tells when another process listens
    private void awaitPort() {
        long deadline = System.nanoTime() + START.toNanos();
        while (!listens()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IllegalStateException(name + " does not listen; see servers.log in " + workplace.scratch());
            }
            try {
                Thread.sleep(LOOK_EVERY_MILLIS);
            } catch (InterruptedException interrupted) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", interrupted);
            }
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
