package dev.runstream.app.config;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process may use.
 *
 * @param cores how many threads can run at once
 * @param memoryBytes what was given to the whole process
 * @param directBytes how much of it the JVM allows outside its heap
 * @param openFiles how many files and sockets may be open at once
 */
public record Machine(int cores, long memoryBytes, long directBytes, long openFiles) {
    private static final long UNKNOWN_FILE_LIMIT = 1024;
    /** Jars, logs, the store's files, and what event loops wait on. */
    private static final int OWN_FILES = 64;

    /** This process's own limits. */
    public static Machine current() {
        long heapBytes = Runtime.getRuntime().maxMemory();
        long directBytes = directLimit(heapBytes);
        // The launcher says what it shared out; part of that is neither heap nor direct memory.
        long memoryBytes = Long.getLong("runstream.memory", heapBytes + directBytes);
        return new Machine(Runtime.getRuntime().availableProcessors(), memoryBytes, directBytes, fileLimit());
    }

    private static long directLimit(long heapBytes) {
        HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long given = vm == null
                ? 0
                : Long.parseLong(vm.getVMOption("MaxDirectMemorySize").getValue());
        return given == 0 ? heapBytes : given;
    }

    private static long fileLimit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : UNKNOWN_FILE_LIMIT;
    }

    /** A quarter of the memory; less where direct memory, in which events are held, would leave no room around them. */
    long defaultTotalBuffer() {
        return Math.min(memoryBytes / 4, directBytes / 3 * 2);
    }

    /** How many streams leave files and sockets enough for the store and for every other request. */
    int mostConnections() {
        long reserve = Math.min(openFiles / 2, Math.clamp(openFiles / 8, 128, 4096));
        return Math.clamp(openFiles - reserve, 1, Integer.MAX_VALUE);
    }

    /** How many connections beyond the streams leave files enough for the store. */
    public int otherConnections(int streams) {
        return Math.clamp(openFiles - streams - OWN_FILES, 16, 1_000);
    }
}
