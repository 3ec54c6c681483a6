package dev.runstream.app;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the threads on which agents compute. On Linux they give way to the other threads of the process: with as many of
 * them as cores, an event's way to its reader would else wait at each thread it passes for a slice of theirs to end.
 */
final class ComputeThreads implements ThreadFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ComputeThreads.class);
    /** A tenth of the share of a thread that gives way to nobody; all of it while no other wants to run. */
    private static final int NICENESS = 10;

    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;

    private final AtomicInteger made = new AtomicInteger();

    @Override
    public Thread newThread(Runnable work) {
        return Thread.ofPlatform()
                .daemon()
                .name("compute-" + made.incrementAndGet())
                .unstarted(() -> {
                    giveWay();
                    work.run();
                });
    }

    /** Elsewhere than on Linux the call would mean the whole process. */
    private static void giveWay() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return;
        }
        try {
            int status = (int) setPriority().invokeExact(PRIO_PROCESS, CALLING_THREAD, NICENESS);
            if (status != 0) {
                LOG.info("threads that compute do not give way to others: the system forbids it");
            }
        } catch (Throwable missing) {
            LOG.info("threads that compute do not give way to others: {}", missing.toString());
        }
    }

    /** The launcher and the jar's manifest allow calls of native code. */
    @SuppressWarnings("restricted")
    private static MethodHandle setPriority() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find("setpriority").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }
}
