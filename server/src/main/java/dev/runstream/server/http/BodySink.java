package dev.runstream.server.http;

import io.netty.buffer.ByteBuf;

/** Takes the body of one request, on the connection's event loop. After an answer was given nothing more comes. */
public interface BodySink {
    /** A piece of the body, only to be read during the call. */
    void data(ByteBuf piece);

    /** The body is whole. */
    void end();

    /** The connection was lost before the end of the body, or before the answer. */
    default void aborted() {}

    /** The server stops: a body that may still take long is to be answered with what has come of it. */
    default void drain() {}

    /** For a request whose body says nothing. */
    BodySink IGNORE = new BodySink() {
        @Override
        public void data(ByteBuf piece) {}

        @Override
        public void end() {}
    };
}
