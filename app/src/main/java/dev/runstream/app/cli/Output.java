package dev.runstream.app.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Standard output as text, each write flushed. Confined to one thread. */
final class Output {
    private final OutputStream stream;
    private final Charset charset;

    private Output(OutputStream stream, Charset charset) {
        this.stream = stream;
        this.charset = charset;
    }

    /** As the terminal wants it, in UTF-8 to a pipe. */
    static Output of(Surroundings around) {
        return new Output(around.out(), around.terminal().map(Terminal::charset).orElse(StandardCharsets.UTF_8));
    }

    /** @throws OutputClosedException if nobody reads any more */
    void print(String text) {
        try {
            stream.write(text.getBytes(charset));
            stream.flush();
        } catch (IOException nobodyReads) {
            throw new OutputClosedException(nobodyReads);
        }
    }

    void line(String text) {
        print(text + "\n");
    }
}
