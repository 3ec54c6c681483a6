package dev.runstream.store.redis.link;

import dev.runstream.core.time.SystemTimers;
import dev.runstream.store.redis.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

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

    void untilRed(Duration atMost) {
        untilHealthIs(false, atMost);
    }

    void untilGreen(Duration atMost) {
        untilHealthIs(true, atMost);
    }

    /** Watches that health does not change. */
    void stays(boolean ready, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Waiting.until("the time is over", time.plusSeconds(5), () -> {
            if (link.health().ready() != ready) {
                throw new AssertionError(link.health().toString());
            }
            return System.nanoTime() > end;
        });
    }

    private void untilHealthIs(boolean ready, Duration atMost) {
        Waiting.until(
                "health is " + (ready ? "green" : "red"),
                atMost,
                () -> link.health().ready() == ready);
    }

    @Override
    public void close() {
        link.close();
        timers.close();
    }
}
