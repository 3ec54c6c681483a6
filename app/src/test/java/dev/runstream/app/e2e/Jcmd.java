package dev.runstream.app.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Asks a JVM from outside, by the JDK's own {@code jcmd}. */
final class Jcmd {
    private Jcmd() {}

    /** Has the JVM collect its garbage. */
    static void collectGarbage(Process jvm) {
        ask(jvm, "GC.run");
    }

    /** The live objects by class; garbage is collected first. */
    static List<String> histogram(Process jvm) {
        return ask(jvm, "GC.class_histogram").lines().toList();
    }

    private static String ask(Process jvm, String command) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process asking = new ProcessBuilder(
                            jcmd, "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", Long.toString(jvm.pid()), command)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (asking.waitFor() != 0) {
                throw new AssertionError(said);
            }
            return said;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
