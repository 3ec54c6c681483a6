package dev.runstream.server.transport;

import io.netty.channel.Channel;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;

/**
 * The flushes that an event loop puts off while it serves its sockets, so that their answers go out one right behind the
 * other. The first wakes the peer, which is then still awake for the others; with the work for the next request between
 * them, it would sleep again before each.
 *
 * <p>Confined to the event loop. A loop has one thread for its life, and these are that thread's.
 */
public final class Flushes {
    private static final FastThreadLocal<Flushes> OF_LOOP = new FastThreadLocal<>() {
        @Override
        protected Flushes initialValue() {
            return new Flushes();
        }
    };

    /** For so many a wake-up costs little each; with more the first of a crowd would wait for the last. */
    static final int MOST_PUT_OFF = 64;

    private final List<Channel> putOff = new ArrayList<>(MOST_PUT_OFF);
    private boolean serving;

    private Flushes() {}

    static Flushes ofThisLoop() {
        return OF_LOOP.get();
    }

    /** Flushes a channel when this loop has served its sockets; at once, where the loop is not serving them now. */
    public static void afterServing(Channel channel) {
        Flushes flushes = ofThisLoop();
        if (flushes.serving) {
            flushes.putOff(channel);
        } else {
            channel.flush();
        }
    }

    void beginServing() {
        serving = true;
    }

    void endServing() {
        serving = false;
        flushAll();
    }

    private void putOff(Channel channel) {
        putOff.add(channel);
        if (putOff.size() == MOST_PUT_OFF) {
            flushAll();
        }
    }

    /** By index: to flush one may have its next request served, whose answer is put off behind it. */
    private void flushAll() {
        for (int i = 0; i < putOff.size(); i++) {
            putOff.get(i).flush();
        }
        putOff.clear();
    }
}
