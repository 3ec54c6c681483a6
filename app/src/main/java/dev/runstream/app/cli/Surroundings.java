package dev.runstream.app.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What a command meets around it.
 *
 * @param out standard output
 * @param outputIsKept whether that is a file or a device, where a write fails for want of room; else a failed write means
 *     that whoever read it is gone
 * @param environment the variables
 * @param terminal what standard output is, unless it is a pipe or a file
 * @param signals where Ctrl-C arrives
 */
public record Surroundings(
        InputStream in,
        OutputStream out,
        boolean outputIsKept,
        PrintStream err,
        Map<String, String> environment,
        Optional<Terminal> terminal,
        Signals signals,
        InstantSource clock) {
    // From the mode of a file, as in <sys/stat.h>.
    private static final int FILE_KIND = 0xF000;
    private static final int PIPE = 0x1000;
    private static final int SOCKET = 0xC000;

    /** Those of this process. */
    public static Surroundings ofProcess() {
        Map<String, String> environment = System.getenv();
        Signals signals = Signals.ofProcess();
        Optional<Terminal> terminal = Terminal.ofProcess(environment, signals, charset());
        return new Surroundings(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                terminal.isEmpty() && isKept(Path.of("/dev/fd/1")),
                System.err,
                environment,
                terminal,
                signals,
                InstantSource.system());
    }

    /** Asked of the system: the words of a failed write are in the user's language. */
    private static boolean isKept(Path output) {
        try {
            int kind = (int) Files.getAttribute(output, "unix:mode") & FILE_KIND;
            return kind != PIPE && kind != SOCKET;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return false;
        }
    }

    private static Charset charset() {
        return System.out.charset();
    }
}
