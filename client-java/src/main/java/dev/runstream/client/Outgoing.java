package dev.runstream.client;

import java.util.concurrent.CompletableFuture;

/** What a publisher's callers hand to its sending thread, in order. */
sealed interface Outgoing {
    /** What an event costs beside its data. */
    int OVERHEAD_BYTES = 64;

    /**
     * One event.
     *
     * @param cost what it took of the queue's room, given back once it is settled
     * @param settled done once the server has it, failed once it has not
     */
    record Event(String type, String data, int cost, CompletableFuture<Void> settled) implements Outgoing {
        boolean isTerminal() {
            return StreamEvent.isTerminal(type);
        }

        String line() {
            return "{\"type\":\"" + type + "\",\"data\":" + data + "}\n";
        }
    }

    /** Done once all that came before is settled. */
    record Flush(CompletableFuture<Void> settled) implements Outgoing {}

    /** Nothing comes after this. */
    record Stop() implements Outgoing {}
}
