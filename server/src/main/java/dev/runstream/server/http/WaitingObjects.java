package dev.runstream.server.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has arrived on a connection and waits its turn, in order; once there is much of it no more should be read.
 *
 * <p>Confined to the connection's event loop.
 */
final class WaitingObjects {
    private static final int MANY_OBJECTS = 64;
    private static final int MANY_BYTES = 64 * 1024;

    private final Deque<HttpObject> objects = new ArrayDeque<>(0);
    private int bytes;

    void add(HttpObject object) {
        objects.add(object);
        bytes += bytesOf(object);
    }

    boolean isEmpty() {
        return objects.isEmpty();
    }

    boolean isFull() {
        return objects.size() >= MANY_OBJECTS || bytes >= MANY_BYTES;
    }

    HttpObject first() {
        return objects.element();
    }

    HttpObject removeFirst() {
        HttpObject first = objects.remove();
        bytes -= bytesOf(first);
        return first;
    }

    void drop() {
        while (!objects.isEmpty()) {
            ReferenceCountUtil.release(removeFirst());
        }
    }

    private static int bytesOf(HttpObject object) {
        return object instanceof HttpContent content ? content.content().readableBytes() : 0;
    }
}
