package dev.runstream.store.sqlite;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.Decision;
import dev.runstream.core.run.RunArchive.Creation;
import dev.runstream.core.run.RunArchive.Stored;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.IntFunction;

/** The creation of a run, unless it is there. */
final class CreateTask extends WriteTask<Creation> {
    private final Decision<RunRecord> first;
    private final JsonBytes input;
    private final IntFunction<Optional<String>> whyNoRoom;
    private final DiskRoom disk;
    private final Runnable publish;
    private Creation creation = new Creation.Fresh();

    CreateTask(
            Decision<RunRecord> first,
            JsonBytes input,
            IntFunction<Optional<String>> whyNoRoom,
            DiskRoom disk,
            Runnable publish) {
        this.first = first;
        this.input = input;
        this.whyNoRoom = whyNoRoom;
        this.disk = disk;
        this.publish = publish;
    }

    @Override
    void decide(WriteBatch batch) throws SQLException {
        RunSpec spec = first.record().spec();
        Optional<Stored> byKey =
                spec.idempotencyKey().isEmpty() ? Optional.empty() : batch.byKey(spec.idempotencyKey());
        Optional<Stored> there = byKey.isPresent() ? byKey : batch.byId(spec.runId());
        if (there.isPresent()) {
            creation = new Creation.Taken(there.get().record(), there.get().log(), byKey.isPresent());
            return;
        }
        Optional<String> full = whyNoRoom.apply(batch.created());
        if (full.isEmpty()) {
            full = disk.whyNoRoom(batch, input.length());
        }
        if (full.isPresent()) {
            creation = new Creation.NoRoom(full.get());
        } else {
            creation = new Creation.Fresh();
            batch.create(first, input);
        }
    }

    @Override
    void stored() {
        if (creation instanceof Creation.Fresh) {
            publish.run();
        }
        outcome.complete(creation);
    }
}
