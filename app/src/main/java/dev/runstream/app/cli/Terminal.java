package dev.runstream.app.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A terminal that a person looks at.
 *
 * @param columns how wide it is now; may change
 * @param movesCursor whether a line can be drawn over
 * @param colours whether colours are wanted
 * @param charset of the text it takes
 */
public record Terminal(IntSupplier columns, boolean movesCursor, boolean colours, Charset charset) {
    private static final int USUAL_COLUMNS = 80;
    private static final Pattern ROWS_AND_COLUMNS = Pattern.compile("\\d+ (\\d+)\\s*");

    boolean isUnicode() {
        return charset.equals(StandardCharsets.UTF_8);
    }

    static Optional<Terminal> ofProcess(Map<String, String> environment, Signals signals, Charset charset) {
        if (!outputIsTerminal()) {
            return Optional.empty();
        }
        String type = environment.getOrDefault("TERM", "");
        boolean isDumb = type.isEmpty() || type.equals("dumb");
        boolean isPlain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return Optional.of(new Terminal(columns(environment, signals), !isDumb, !isDumb && !isPlain, charset));
    }

    /** The JDK's own answer is about input and output together, so that a piped input would hide the terminal. */
    private static boolean outputIsTerminal() {
        Path output = Path.of("/proc/self/fd/1");
        try {
            String target = Files.readSymbolicLink(output).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException noSuchFolder) {
            return Optional.ofNullable(System.console())
                    .filter(Console::isTerminal)
                    .isPresent();
        }
    }

    private static IntSupplier columns(Map<String, String> environment, Signals signals) {
        Optional<Integer> fixed = number(environment.getOrDefault("COLUMNS", ""));
        if (fixed.isPresent()) {
            return fixed::get;
        }
        AtomicInteger known = new AtomicInteger(askColumns());
        signals.on("WINCH", () -> known.set(askColumns()));
        return known::get;
    }

    private static int askColumns() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            stty.waitFor(1, TimeUnit.SECONDS);
            Matcher size = ROWS_AND_COLUMNS.matcher(answer);
            return size.matches() ? number(size.group(1)).orElse(USUAL_COLUMNS) : USUAL_COLUMNS;
        } catch (IOException noSuchCommand) {
            return USUAL_COLUMNS;
        } catch (InterruptedException leaving) {
            Thread.currentThread().interrupt();
            return USUAL_COLUMNS;
        }
    }

    private static Optional<Integer> number(String text) {
        return text.matches("[1-9][0-9]{0,3}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }
}
