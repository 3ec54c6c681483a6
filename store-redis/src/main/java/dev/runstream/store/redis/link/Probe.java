package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a master's two connections work. At each tick a message is published on a channel of this process
 * alone: the answer proves the one connection, the message's arrival the other. With it
 * goes a write that changes nothing, since a server may answer and take no writes, or not let our user write. A connection that says nothing for too
 * many ticks is given up, since the peer may be gone without a word. Ticks are counted, not time, so that a pause of this
 * process alone breaks nothing.
 *
 * <p>Confined to the control thread, but for what says otherwise.
 */
final class Probe {
    private static final byte[] NOTHING = {};

    // immutable
    private final CommandConnection commands;
    private final PubSubConnection pubSub;
    private final boolean sharded;
    private final LinkSettings settings;
    private final Timers timers;
    private final ControlThread control;
    private final Runnable looked;
    private final int silentTicksAllowed;
    // control thread only
    private int unansweredTicks;
    private int unheardTicks;
    private boolean answeredSinceTick;
    private boolean heardSinceTick;
    // written on the control thread, read on any
    private volatile String channel = "";
    private volatile long answeredAtMillis;
    private volatile long heardAtMillis;
    private volatile boolean heardOnce;
    private volatile OptionalLong clockOffsetMillis = OptionalLong.empty();
    private volatile Optional<ErrorReply> error = Optional.empty();

    /** @param looked is run after something was found out that health rests on */
    Probe(
            CommandConnection commands,
            PubSubConnection pubSub,
            boolean sharded,
            LinkSettings settings,
            Timers timers,
            ControlThread control,
            Runnable looked) {
        this.commands = commands;
        this.pubSub = pubSub;
        this.sharded = sharded;
        this.settings = settings;
        this.timers = timers;
        this.control = control;
        this.looked = looked;
        silentTicksAllowed = (int)
                (settings.deafAfter().toMillis() / settings.probeInterval().toMillis());
        answeredAtMillis = timers.nowMillis();
        heardAtMillis = timers.nowMillis();
    }

    /** From now on messages have to arrive on this channel. */
    void listen(String newChannel) {
        if (channel.isEmpty()) {
            heardAtMillis = timers.nowMillis();
        }
        channel = newChannel;
    }

    /** Whether a message is the probe's own. Any thread. */
    boolean isMine(String of) {
        return of.equals(channel);
    }

    void tick() {
        unansweredTicks = answeredSinceTick || commands.live() == null ? 0 : unansweredTicks + 1;
        if (heardSinceTick) {
            unheardTicks = 0;
        } else if (answeredSinceTick && pubSub.connection().live() != null) {
            // Only where PUBLISH was answered was there something to hear.
            unheardTicks++;
        }
        answeredSinceTick = false;
        heardSinceTick = false;
        if (unansweredTicks >= silentTicksAllowed) {
            unansweredTicks = 0;
            String why = "no answer for " + seconds(settings.deafAfter().toMillis());
            commands.connection().drop(why);
            // Both go to one place, and a peer that is gone is gone for both.
            pubSub.connection().drop(why);
        } else if (unheardTicks >= silentTicksAllowed) {
            unheardTicks = 0;
            pubSub.connection().drop("messages do not arrive");
        }
        ask();
        looked.run();
    }

    void ask() {
        long asked = timers.nowMillis();
        String to = channel;
        RedisFuture<Long> published =
                to.isEmpty() ? null : commands.ask(it -> sharded ? it.spublish(to, NOTHING) : it.publish(to, NOTHING));
        // To put nothing into a string that is not there makes none, but is refused where a write would be.
        RedisFuture<Long> written = to.isEmpty() ? null : commands.ask(it -> it.setrange(to, 0, NOTHING));
        RedisFuture<List<byte[]>> time = commands.ask(RedisAsyncCommands::time);
        if (time != null) {
            time.whenComplete((answer, fault) -> control.execute(() -> {
                if (fault == null || fault instanceof RedisCommandExecutionException) {
                    // What was asked before has been answered before.
                    error = firstError(published, written, time);
                }
                if (fault == null) {
                    answered(asked, answer);
                } else {
                    looked.run();
                }
            }));
        }
    }

    /** What hinders all else too; what else a server answers is for who sends commands to deal with. */
    private static Optional<ErrorReply> firstError(@Nullable RedisFuture<?>... answers) {
        return Stream.of(answers)
                .filter(answer -> answer != null && answer.getError() != null)
                .map(answer -> ErrorReply.of(answer.getError()))
                .filter(reply -> reply.meaning() == ErrorReply.Meaning.UNAVAILABLE
                        || reply.meaning() == ErrorReply.Meaning.REFUSED)
                .findFirst();
    }

    private void answered(long askedMillis, List<byte[]> time) {
        long now = timers.nowMillis();
        answeredSinceTick = true;
        answeredAtMillis = now;
        long server = number(time.getFirst()) * 1000 + number(time.get(1)) / 1000;
        clockOffsetMillis = OptionalLong.of(server - (askedMillis + now) / 2);
        looked.run();
    }

    private static long number(byte[] digits) {
        return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }

    void heard() {
        heardSinceTick = true;
        heardOnce = true;
        heardAtMillis = timers.nowMillis();
        looked.run();
    }

    /** What is wrong; empty where nothing is. Any thread. */
    String trouble() {
        long now = timers.nowMillis();
        if (isAway(commands.connection(), now)) {
            return commands.connection().fault() + ", since " + seconds(now - answeredAtMillis);
        }
        Optional<ErrorReply> refused = error;
        if (refused.isPresent()) {
            return explained(refused.get());
        }
        long silence = settings.deafAfter().toMillis();
        boolean unheard = !channel.isEmpty() && now - heardAtMillis >= silence;
        // Where the last answer is as old as the last message, it is not the messages that are missing.
        boolean both = unheard
                && answeredAtMillis - heardAtMillis < settings.probeInterval().toMillis();
        if (now - answeredAtMillis >= silence || both) {
            return "Redis at " + commands + " does not answer since " + seconds(now - answeredAtMillis);
        }
        boolean away = !channel.isEmpty() && isAway(pubSub.connection(), now);
        if (away || unheard) {
            return "deaf: no message from Redis at " + commands + " since " + seconds(now - heardAtMillis)
                    + (away ? ": " + pubSub.connection().fault() : "");
        }
        return "";
    }

    private String explained(ErrorReply reply) {
        String writes = reply.meaning() == ErrorReply.Meaning.UNAVAILABLE ? " takes no writes: " : ": ";
        return "Redis at " + commands + writes + reply.explained();
    }

    /** What our user may not do of what every process does. Any thread. */
    Optional<RedisRefusedException> refusal() {
        return error.filter(reply -> reply.meaning() == ErrorReply.Meaning.REFUSED)
                .map(reply -> new RedisRefusedException(explained(reply)));
    }

    // A connection that breaks and is there again at once is no trouble.
    private boolean isAway(RenewedConnection<?> connection, long now) {
        return connection.live() == null
                && now - connection.downSinceMillis()
                        >= settings.probeInterval().toMillis();
    }

    private static String seconds(long millis) {
        return millis / 1000 + " s";
    }

    /** Both connections have worked once. Any thread. */
    boolean isProven() {
        return clockOffsetMillis.isPresent() && (channel.isEmpty() || heardOnce);
    }

    /** The server's clock minus that of the timers. Any thread. */
    OptionalLong clockOffsetMillis() {
        return clockOffsetMillis;
    }
}
