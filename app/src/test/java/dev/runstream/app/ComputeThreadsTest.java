package dev.runstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class ComputeThreadsTest {
    private static final Callable<Integer> OWN_NICENESS = () -> {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        // Counted from behind the name, which may hold spaces; see proc_pid_stat(5).
        return Integer.valueOf(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
    };

    @Test
    @EnabledOnOs(OS.LINUX)
    void giveWayToTheOtherThreadsOfTheProcess() throws Exception {
        FutureTask<Integer> niceness = new FutureTask<>(OWN_NICENESS);
        Thread thread = new ComputeThreads().newThread(niceness);
        thread.start();
        assertThat(niceness.get()).isGreaterThan(OWN_NICENESS.call());
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).isEqualTo("compute-1");
    }
}
