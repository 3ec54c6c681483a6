package dev.runstream.store.redis.link;

import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A link and all that it told. */
final class LinkUnderTest implements RedisLink.Listener, AutoCloseable {
    final SystemTimers timers = new SystemTimers("test-timers");
    final RedisLink link;
    final List<String> messages = new CopyOnWriteArrayList<>();
    final List<Boolean> reachable = new CopyOnWriteArrayList<>();
    private volatile int backs;

    private LinkUnderTest(String address, LinkSettings settings) {
        try {
            link = RedisLink.open(RedisAddress.parse(address), settings, timers);
        } catch (RuntimeException e) {
            timers.close();
            throw e;
        }
        link.listener(this);
    }

    static LinkUnderTest to(String address) {
        return new LinkUnderTest(address, LinkSettings.DEFAULT);
    }

    static LinkUnderTest to(String address, LinkSettings settings) {
        return new LinkUnderTest(address, settings);
    }

    static LinkSettings patient(Duration patience) {
        LinkSettings it = LinkSettings.DEFAULT;
        return new LinkSettings(
                patience, it.connectTimeout(), it.probeInterval(), it.deafAfter(), it.topologyInterval());
    }

    @Override
    public void message(String channel, byte[] message) {
        messages.add(channel + "=" + text(message));
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the control thread writes it
    public void subscriptionsBack() {
        backs++;
    }

    @Override
    public void reachable(boolean now) {
        reachable.add(now);
    }

    int backs() {
        return backs;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** @return how many milliseconds it took */
    long untilRed(Duration atMost) {
        return untilHealthIs(false, atMost);
    }

    /** @return how many milliseconds it took */
    long untilGreen(Duration atMost) {
        return untilHealthIs(true, atMost);
    }

    private long untilHealthIs(boolean ready, Duration atMost) {
        long start = System.nanoTime();
        Waiting.until(
                "health is " + (ready ? "green" : "red"),
                atMost,
                () -> link.health().ready() == ready);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    @Override
    public void close() {
        link.close();
        timers.close();
    }
}
