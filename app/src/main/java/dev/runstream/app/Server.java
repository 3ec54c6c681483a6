package dev.runstream.app;

import dev.runstream.app.config.ServeConfiguration;
import java.net.URI;

/** A server at work. Safe for any thread. */
interface Server {
    /** Where it listens: the host as it was given to it, the port as the system gave it. */
    URI address();

    /** Lets agents and streams end, and stops. Returns at once; may be called again. */
    void drain();

    /** Waits until it has stopped. */
    void awaitEnd() throws InterruptedException;

    /** Makes servers. */
    @FunctionalInterface
    interface Start {
        /**
         * Starts a server; it takes requests when this returns.
         *
         * @throws StartFailedException if it cannot start; nothing of it is left then
         */
        Server start(ServeConfiguration configuration);
    }
}
