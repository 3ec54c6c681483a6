package dev.runstream.app.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What a command meets around it.
 *
 * @param out standard output; a failed write means that whoever read it is gone
 * @param environment the variables
 * @param terminal what standard output is, unless it is a pipe or a file
 * @param signals where Ctrl-C arrives
 */
public record Surroundings(
        InputStream in,
        OutputStream out,
        PrintStream err,
        Map<String, String> environment,
        Optional<Terminal> terminal,
        Signals signals,
        InstantSource clock) {
    /** Those of this process. */
    public static Surroundings ofProcess() {
        Map<String, String> environment = System.getenv();
        Signals signals = Signals.ofProcess();
        return new Surroundings(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                System.err,
                environment,
                Terminal.ofProcess(environment, signals, charset()),
                signals,
                InstantSource.system());
    }

    private static Charset charset() {
        return System.out.charset();
    }
}
