package dev.runstream.store.sqlite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells one start of the machine from another. */
@FunctionalInterface
public interface BootId {
    /** The same text until the machine starts anew; empty where it cannot be known, which counts as another each time. */
    String current();

    /** As the kernel tells it, on Linux and macOS. Blocks for a moment. */
    static BootId ofMachine() {
        return () -> {
            Path linux = Path.of("/proc/sys/kernel/random/boot_id");
            try {
                if (Files.isReadable(linux)) {
                    return Files.readString(linux).strip();
                }
                Process sysctl = new ProcessBuilder("sysctl", "-n", "kern.bootsessionuuid")
                        .redirectErrorStream(true)
                        .start();
                String answer = new String(sysctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return sysctl.waitFor() == 0 ? answer.strip() : "";
            } catch (IOException unknown) {
                return "";
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return "";
            }
        };
    }
}
