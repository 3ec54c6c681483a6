package dev.runstream.store.redis.link;

import java.time.Duration;

/**
 * How long the link waits for what.
 *
 * @param patience how long a command may wait for a connection before it fails
 * @param connectTimeout how long a connection may take to stand, TLS and login included
 * @param probeInterval how often each master is asked whether it answers and whether its messages arrive
 * @param deafAfter how long the probe may go without an answer or a message before the connection is made anew
 * @param topologyInterval how often a Cluster is asked who has which slots, while nothing hints at a change
 */
public record LinkSettings(
        Duration patience,
        Duration connectTimeout,
        Duration probeInterval,
        Duration deafAfter,
        Duration topologyInterval) {
    public static final LinkSettings DEFAULT = new LinkSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(10));

    public LinkSettings {
        positive("patience", patience);
        positive("connectTimeout", connectTimeout);
        positive("probeInterval", probeInterval);
        positive("topologyInterval", topologyInterval);
        if (deafAfter.compareTo(probeInterval) < 0) {
            throw new IllegalArgumentException(
                    "deafAfter " + deafAfter + " is shorter than probeInterval " + probeInterval);
        }
    }

    private static void positive(String key, Duration value) {
        if (value.toMillis() <= 0) {
            throw new IllegalArgumentException(key + " " + value + " is shorter than a millisecond");
        }
    }
}
