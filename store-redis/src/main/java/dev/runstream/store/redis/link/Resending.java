package dev.runstream.store.redis.link;

import dev.runstream.core.time.Timers;

/** Sends again what a server has not carried out, while its patience lasts. Safe for any thread. */
record Resending(Masters masters, Timers timers) {
    private static final long PAUSE_MILLIS = 50;

    /** Fails a command for good where the reply says so; sends it again in a moment otherwise. */
    void later(SentCommand<?, ?, ?> command, ErrorReply reply) {
        String where = "Redis" + (command.isHandedOver() ? " at " + command.via() : "") + ": " + reply.message();
        switch (reply.meaning()) {
            case UNAVAILABLE -> command.fail(new RedisUnavailableException(where + mend(reply)));
            case REFUSED ->
                command.fail(new RedisRefusedException(where + ": allow it with ACL SETUSER (docs/redis.md)"));
            default -> {
                if (timers.nowMillis() >= command.deadlineMillis()) {
                    command.fail(new RedisUnavailableException(where));
                } else {
                    timers.schedule(PAUSE_MILLIS, () -> masters.send(command.anew()));
                }
            }
        }
    }

    private static String mend(ErrorReply reply) {
        return reply.message().startsWith("OOM")
                ? " (raise maxmemory, or keep less: --retain-ended, --total-buffer)"
                : "";
    }
}
