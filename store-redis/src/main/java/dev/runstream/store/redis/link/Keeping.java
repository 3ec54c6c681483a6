package dev.runstream.store.redis.link;

import java.util.ArrayList;
import java.util.List;

/**
 * What a server is set up to keep, as it said when it was last asked; the weakest of a Cluster's masters. A setting that
 * it does not tell (hosted services often forbid {@code CONFIG GET}) is {@link #UNKNOWN}.
 *
 * @param version of Redis that the server says it is compatible with
 * @param appendonly {@code yes} or {@code no}
 * @param appendfsync {@code always}, {@code everysec} or {@code no}
 * @param maxmemoryPolicy what is dropped when memory is full; {@code noeviction} for nothing
 */
public record Keeping(String version, String appendonly, String appendfsync, String maxmemoryPolicy) {
    public static final String UNKNOWN = "unknown";

    static final Keeping NOT_TOLD = new Keeping(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);

    /** Of two the one that may lose more. */
    Keeping weaker(Keeping other) {
        return losses() >= other.losses() ? this : other;
    }

    private int losses() {
        int onRestart = appendonly.equals("no") ? 4 : appendfsync.equals("always") ? 0 : 2;
        return onRestart + (maxmemoryPolicy.equals("noeviction") ? 0 : 1);
    }

    /** Nothing that the server acknowledged is gone after it was restarted. */
    public boolean isNothingAcknowledgedLost() {
        return appendonly.equals("yes") && appendfsync.equals("always") && maxmemoryPolicy.equals("noeviction");
    }

    /** One line on what may be lost and what to set; empty where nothing may. */
    public String warning() {
        List<String> losses = new ArrayList<>();
        if (appendonly.equals("no")) {
            losses.add("a restart loses what came after the last snapshot (appendonly no; set appendonly yes)");
        } else if (appendonly.equals(UNKNOWN) || appendfsync.equals(UNKNOWN)) {
            losses.add("a restart may lose events (the server does not tell its appendonly and appendfsync)");
        } else if (appendfsync.equals("everysec")) {
            losses.add("a crash loses up to 2 s (appendfsync everysec; set always to lose nothing)");
        } else if (appendfsync.equals("no")) {
            losses.add("a crash loses what the system had not written, often 30 s (appendfsync no; set always)");
        }
        if (maxmemoryPolicy.equals(UNKNOWN)) {
            losses.add("runs may vanish when memory is full (the server does not tell its maxmemory-policy)");
        } else if (!maxmemoryPolicy.equals("noeviction")) {
            losses.add("runs vanish when memory is full (maxmemory-policy " + maxmemoryPolicy + "; set noeviction)");
        }
        return losses.isEmpty() ? "" : "Redis: " + String.join("; ", losses);
    }
}
