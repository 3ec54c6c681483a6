package dev.runstream.app.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** What lies between a server and its readers, and can go down without a word to either. */
interface Link extends AutoCloseable {
    /** Starts a server at one end. */
    ServerProcess startServer(Path data, String... flags);

    /** Has a reader at the other end follow a run; what arrives there. */
    InputStream follow(ServerProcess server, String runId) throws IOException;

    /** From now on nothing passes. */
    void goDown() throws IOException;

    /** Whether the system notices that nothing is acknowledged, however little is sent. */
    boolean showsSilence();

    @Override
    void close();
}
