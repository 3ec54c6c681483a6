package dev.runstream.core.run;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.LogRead;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads single events back, from memory if they are there. */
final class StoredEvents {
    private StoredEvents() {}

    /** The data of one event that is held. */
    static CompletionStage<Optional<JsonBytes>> dataAt(LiveRun run, long seq, RunArchive archive) {
        byte[][] block = new byte[1][];
        LogRead read = run.log().read(seq - 1, 1, (slab, offset, length) -> {
            block[0] = new byte[length];
            slab.read(offset, block[0], 0, length);
        });
        return read instanceof LogRead.Slice
                ? CompletableFuture.completedFuture(Optional.of(EventLog.dataOf(block[0])))
                : archive.events(run, seq, 1)
                        .thenApply(events -> events.stream().findFirst().map(event -> event.data()));
    }
}
