package dev.runstream.store.redis;

import dev.runstream.core.run.StoreUnavailableException;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisRefusedException;
import dev.runstream.store.redis.link.RedisScript;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Whether our user may do what a store does all the time; asked at the start, since later some of it would fail without
 * anybody being told. What the link itself needs has been seen by then.
 */
final class Rights {
    private static final RedisScript SCRIPT = RedisScript.ofResource(Rights.class, "rights.lua");

    private Rights() {}

    /**
     * Blocks until Redis has answered.
     *
     * @param waits whether replicas are waited for
     * @throws RedisRefusedException naming what is not allowed
     */
    static void check(RedisLink link, RunKeys keys, boolean waits) {
        String[] touched = {keys.up(), keys.deadlines()};
        try {
            link.<Long>eval(SCRIPT, ScriptOutputType.INTEGER, touched)
                    .thenCompose(done -> waits
                            ? link.replicas(keys.up(), 0, Duration.ofMillis(1))
                            : CompletableFuture.completedFuture(0L))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException fault) {
            switch (Commits.unwrapped(fault)) {
                case RedisRefusedException refused -> throw refused;
                case StoreUnavailableException away -> {
                    // What it takes to answer again is waited for as at any other time.
                }
                default -> throw fault;
            }
        }
    }
}
