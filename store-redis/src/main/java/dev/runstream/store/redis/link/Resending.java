package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;

/** Sends again what a server has not carried out, while its patience lasts. Safe for any thread. */
record Resending(Masters masters, Timers timers) {
    private static final long PAUSE_MILLIS = 50;

    /** Fails a command for good where the reply says so; sends it again in a moment otherwise. */
    void later(SentCommand<?, ?, ?> command, ErrorReply reply) {
        String where = "Redis" + (command.isHandedOver() ? " at " + command.via() : "") + ": ";
        switch (reply.meaning()) {
            case UNAVAILABLE -> command.fail(new RedisUnavailableException(where + reply.explained()));
            case REFUSED ->
                command.fail(new RedisRefusedException(where + command.asked() + " is answered " + reply.explained()));
            default -> {
                if (timers.nowMillis() >= command.deadlineMillis()) {
                    command.fail(new RedisUnavailableException(where + reply.message()));
                } else {
                    timers.schedule(PAUSE_MILLIS, () -> masters.send(command.anew()));
                }
            }
        }
    }
}
