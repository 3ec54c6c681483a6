package dev.runstream.server.http;

import java.time.Duration;

/**
 * How long a connection may keep its place without using it.
 *
 * @param head from the first byte of a request's head, or the connection's beginning, to the head's end
 * @param body between two pieces of a body, unless an endpoint allows more
 * @param idle between two requests
 * @param stalled how long a peer may take nothing of an answer
 * @param discard how long what a peer still sends is thrown away after its answer, before the connection is closed
 */
public record ConnectionTimes(Duration head, Duration body, Duration idle, Duration stalled, Duration discard) {
    /** The times of the contract. */
    public static ConnectionTimes defaults() {
        return new ConnectionTimes(
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(75),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2));
    }

    Duration shortest() {
        Duration shortest = head;
        for (Duration other : new Duration[] {body, idle, stalled, discard}) {
            shortest = other.compareTo(shortest) < 0 ? other : shortest;
        }
        return shortest;
    }
}
