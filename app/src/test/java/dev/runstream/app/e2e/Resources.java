package dev.runstream.app.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a server holds when it is quiet.
 *
 * @param objects live objects of our classes and Netty's, counted by class
 */
record Resources(int descriptors, double threads, double heapBytes, double directBytes, Map<String, Long> objects) {
    private static final Pattern ROW =
            Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+((?:dev\\.runstream|io\\.netty)\\S*).*");
    /** The store keeps up to 16,384 of them, so as not to look for each run again. */
    private static final Set<String> CACHED = Set.of("dev.runstream.store.sqlite.RunSlot");

    /** The store opens a few connections for reading as it needs them. */
    private static final int MORE_DESCRIPTORS = 8;

    private static final int MORE_THREADS = 4;
    private static final double MORE_HEAP_BYTES = 6_000_000;
    private static final double MORE_DIRECT_BYTES = 256 * 1024;

    /** One that listens, and those that ask, perhaps over several addresses. */
    private static final int QUIET_SOCKETS = 4;

    static boolean canBeCounted(ServerProcess server) {
        return Files.isDirectory(proc(server, "fd"));
    }

    /** Waits until nothing goes on any more, and counts. */
    static Resources whenQuiet(ServerProcess server) {
        server.awaitUntil("the streams are closed", () -> server.metric("ai_stream_connections_active") == 0);
        server.awaitUntil("the connections are closed", () -> sockets(server) <= QUIET_SOCKETS);
        server.awaitUntil("the logs have left memory", () -> server.metric("ai_run_memory_bytes") == 0);
        return new Resources(
                openDescriptors(server).size(),
                server.metric("jvm_threads_current"),
                heapBytes(server),
                server.metric("ai_direct_memory_used_bytes"),
                ownObjects(server));
    }

    /** Waits until the server holds no more than this again. */
    void awaitAgain(ServerProcess server, long moreObjects) {
        whenQuiet(server);
        server.awaitUntil(
                "the descriptors are given back",
                () -> openDescriptors(server).size() <= descriptors + MORE_DESCRIPTORS);
        server.awaitUntil(
                "the threads have ended", () -> server.metric("jvm_threads_current") <= threads + MORE_THREADS);
        server.awaitUntil(
                () -> "the direct memory is given back, to " + directBytes + ", and not " + directBytes(server),
                () -> directBytes(server) <= directBytes + MORE_DIRECT_BYTES);
        // An agent that has left is looked at again after some seconds, and held until then.
        server.awaitUntil(
                () -> "nothing is held; there are more of " + more(ownObjects(server), moreObjects),
                () -> more(ownObjects(server), moreObjects).isEmpty());
        server.awaitUntil(
                () -> "the heap is as small as before, " + heapBytes + ", and not " + heapBytes(server),
                () -> heapBytes(server) < heapBytes + MORE_HEAP_BYTES);
    }

    private List<String> more(Map<String, Long> after, long moreObjects) {
        return after.entrySet().stream()
                .filter(entry -> entry.getValue() > objects.getOrDefault(entry.getKey(), 0L) + moreObjects)
                .map(Map.Entry::toString)
                .toList();
    }

    private static double directBytes(ServerProcess server) {
        return server.metric("ai_direct_memory_used_bytes");
    }

    private static Path proc(ServerProcess server, String name) {
        return Path.of("/proc", Long.toString(server.process().pid()), name);
    }

    private static List<Path> openDescriptors(ServerProcess server) {
        try (Stream<Path> open = Files.list(proc(server, "fd"))) {
            return open.toList();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static long sockets(ServerProcess server) {
        return openDescriptors(server).stream().filter(Resources::isSocket).count();
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** A histogram collects garbage first. */
    private static Map<String, Long> ownObjects(ServerProcess server) {
        Map<String, Long> objects = new HashMap<>();
        for (String line : Jcmd.histogram(server.process())) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && !CACHED.contains(row.group(2))) {
                objects.put(row.group(2), Long.parseLong(row.group(1)));
            }
        }
        if (!objects.containsKey("dev.runstream.app.LocalServer")) {
            throw new AssertionError("this is no histogram of a server: " + objects);
        }
        return objects;
    }

    private static double heapBytes(ServerProcess server) {
        Jcmd.collectGarbage(server.process());
        return server.metric("jvm_memory_used_bytes{area=\"heap\"}");
    }
}
