package dev.runstream.app.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Standard output as text, each write flushed. Confined to one thread. */
final class Output {
    private final OutputStream stream;
    private final Charset charset;
    private final boolean isKept;

    private Output(OutputStream stream, Charset charset, boolean isKept) {
        this.stream = stream;
        this.charset = charset;
        this.isKept = isKept;
    }

    /** As the terminal wants it, in UTF-8 to a pipe. */
    static Output of(Surroundings around) {
        Charset charset = around.terminal().map(Terminal::charset).orElse(StandardCharsets.UTF_8);
        return new Output(around.out(), charset, around.outputIsKept());
    }

    /**
     * @throws OutputClosedException if nobody reads any more
     * @throws OutputFailedException if a file or a device takes no more
     */
    void print(String text) {
        try {
            stream.write(text.getBytes(charset));
            stream.flush();
        } catch (IOException fault) {
            throw isKept ? new OutputFailedException(fault) : new OutputClosedException(fault);
        }
    }

    void line(String text) {
        print(text + "\n");
    }
}
