package dev.runstream.store.redis.link;

import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.EncoderException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to have a command carried out. It ends once: with the server's answer, or by being sent anew where it is
 * certain that the server did nothing, or as lost where that is not certain.
 *
 * <p>Safe for any thread.
 */
final class SentCommand<K, V, T> extends CommandWrapper<K, V, T> {
    /** Decides on an attempt that ended without an answer for the caller. */
    interface Sender {
        /** It never left. */
        void unsent(SentCommand<?, ?, ?> command);

        /** The server did not carry it out and says why. */
        void answered(SentCommand<?, ?, ?> command, ErrorReply reply);
    }

    // immutable
    private final Sender sender;
    private final int slot;
    private final long deadlineMillis;
    private final int earlierAttempts;
    // shared: each goes from false to true once
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean left;
    // written before it is handed to a connection, read after it was answered
    private volatile @Nullable CommandConnection via;

    /**
     * @param slot of its first key, -1 for a command without keys
     * @param deadlineMillis until when it may wait for a connection, on the clock of the link's timers
     */
    SentCommand(RedisCommand<K, V, T> command, Sender sender, int slot, long deadlineMillis) {
        this(command, sender, slot, deadlineMillis, 0);
    }

    private SentCommand(
            RedisCommand<K, V, T> command, Sender sender, int slot, long deadlineMillis, int earlierAttempts) {
        super(command);
        this.sender = sender;
        this.slot = slot;
        this.deadlineMillis = deadlineMillis;
        this.earlierAttempts = earlierAttempts;
    }

    /** The same command, to be sent another time. */
    SentCommand<K, V, T> anew() {
        return new SentCommand<>(command, sender, slot, deadlineMillis, earlierAttempts + 1);
    }

    int earlierAttempts() {
        return earlierAttempts;
    }

    int slot() {
        return slot;
    }

    long deadlineMillis() {
        return deadlineMillis;
    }

    void via(CommandConnection connection) {
        via = connection;
    }

    boolean isHandedOver() {
        return via != null;
    }

    /** The connection that it was handed to. */
    CommandConnection via() {
        return Objects.requireNonNull(via, "it was not handed to a connection");
    }

    /** The command's name and its first key. */
    String asked() {
        CommandArgs<K, V> args = command.getArgs();
        ByteBuffer key = args == null ? null : args.getFirstEncodedKey();
        return command.getType() + (key == null ? "" : " of " + StandardCharsets.UTF_8.decode(key));
    }

    @Override
    public void encode(ByteBuf buffer) {
        left = true;
        super.encode(buffer);
    }

    @Override
    public void complete() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        String error = command.getOutput() == null ? null : command.getOutput().getError();
        ErrorReply reply = error == null ? null : ErrorReply.of(error);
        if (reply == null || reply.meaning() == ErrorReply.Meaning.FOR_THE_CALLER) {
            command.complete();
        } else {
            command.getOutput().setError((String) null);
            sender.answered(this, reply);
        }
    }

    @Override
    public boolean completeExceptionally(Throwable fault) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        if (command.isDone()) {
            return false;
        }
        if (fault instanceof EncoderException) {
            return command.completeExceptionally(fault);
        }
        if (left) {
            return command.completeExceptionally(new CommandLostException(
                    "Redis at " + via() + ": the connection broke before " + command.getType()
                            + " was answered; it may have been carried out",
                    fault));
        }
        if (command.getOutput() != null) {
            // The connection put its own fault there, which the next answer has to replace.
            command.getOutput().setError((String) null);
        }
        sender.unsent(this);
        return true;
    }

    /** Ends the command itself, and not only this attempt. */
    void fail(RuntimeException fault) {
        ended.set(true);
        command.completeExceptionally(fault);
    }

    @Override
    public boolean isDone() {
        return ended.get() || command.isDone();
    }
}
