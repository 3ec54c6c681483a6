package dev.runstream.store.redis;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import dev.runstream.core.run.CreateResult;
import dev.runstream.core.run.Decision;
import dev.runstream.core.run.NewRun;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunMachine;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.RunSpec;
import dev.runstream.core.run.SourceId;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * How a run begins: under its idempotency key, which lies in a slot of its own and is claimed first, and under its name.
 * Whoever dies in between leaves a key that names a run which is not there; the next request under that key makes it.
 *
 * <p>Safe for any thread; nothing blocks.
 */
final class RunCreation {
    private final Authority authority;
    private final SharedIndex index;
    private final RunMachine machine;
    private final RunSettings settings;
    private final InstantSource clock;
    private final Function<StoredRun, CompletionStage<Run>> created;
    private final Function<StoredRun, Run> seen;

    /**
     * @param created is given each run that was made, and completes when it may be told
     * @param seen a run as it can be seen from outside
     */
    RunCreation(
            Authority authority,
            SharedIndex index,
            RunMachine machine,
            RunSettings settings,
            InstantSource clock,
            Function<StoredRun, CompletionStage<Run>> created,
            Function<StoredRun, Run> seen) {
        this.authority = authority;
        this.index = index;
        this.machine = machine;
        this.settings = settings;
        this.clock = clock;
        this.created = created;
        this.seen = seen;
    }

    CompletionStage<CreateResult> create(NewRun asked) {
        RunSpec spec = created(asked.spec(), asked.spec().runId(), clock.millis());
        String key = spec.idempotencyKey();
        return key.isEmpty()
                ? createNamed(spec, asked.input(), false)
                : index.claimKey(key, spec.runId()).thenCompose(owner -> createOrFind(owner, spec, asked.input()));
    }

    /**
     * Creates the run of a job that is there already, however many are open.
     *
     * @param asked not created before its time
     */
    CompletionStage<CreateResult> createOfJob(NewRun asked, SourceId copiedTo) {
        long at = Math.max(clock.millis(), asked.spec().createdAtMillis());
        RunSpec spec = created(asked.spec(), asked.spec().runId(), at);
        return createFresh(spec, asked.input(), false, copiedTo);
    }

    /** All times of a run are by the clock that all processes share. */
    private static RunSpec created(RunSpec asked, String runId, long createdAtMillis) {
        return new RunSpec(
                runId,
                asked.agent(),
                asked.attempts(),
                asked.cancelOnDisconnect(),
                asked.timeoutMillis(),
                asked.leaseMillis(),
                asked.idempotencyKey(),
                asked.fingerprint(),
                asked.inputBytes(),
                createdAtMillis);
    }

    /** Who had claimed the key may have died before there was a run, whose name then is this request's. */
    private CompletionStage<CreateResult> createOrFind(String owner, RunSpec spec, JsonBytes input) {
        if (owner.equals(spec.runId())) {
            return createNamed(spec, input, false);
        }
        return authority
                .load(owner)
                .thenCompose(there -> there.isPresent()
                        ? CompletableFuture.completedFuture(existing(there.get(), spec, true))
                        : createNamed(created(spec, owner, spec.createdAtMillis()), input, true));
    }

    private CompletionStage<CreateResult> createNamed(RunSpec spec, JsonBytes input, boolean byKey) {
        return authority
                .load(spec.runId())
                .thenCombine(index.openRuns(), (there, open) -> {
                    if (there.isPresent()) {
                        return withoutKey(spec, there.get(), existing(there.get(), spec, byKey));
                    }
                    return open >= settings.maxOpenRuns()
                            ? overloaded(spec, byKey)
                            : createFresh(spec, input, byKey, SourceId.NONE);
                })
                .thenCompose(Function.identity());
    }

    /** A key that was claimed for a run which had been started without it is given back. */
    private CompletionStage<CreateResult> withoutKey(RunSpec spec, StoredRun there, CreateResult answer) {
        return there.record().spec().idempotencyKey().equals(spec.idempotencyKey())
                ? CompletableFuture.completedFuture(answer)
                : index.releaseKey(spec.idempotencyKey(), spec.runId()).thenApply(released -> answer);
    }

    /** A key that another request has claimed stays with that one, which may be about to make its run. */
    private CompletionStage<CreateResult> overloaded(RunSpec spec, boolean byKey) {
        CreateResult answer = new CreateResult.Overloaded(settings.maxOpenRuns() + " runs are open, as many as may be");
        return byKey
                ? CompletableFuture.completedFuture(answer)
                : index.releaseKey(spec.idempotencyKey(), spec.runId()).thenApply(released -> answer);
    }

    private CompletionStage<CreateResult> createFresh(RunSpec spec, JsonBytes input, boolean byKey, SourceId copiedTo) {
        Decision<RunRecord> first = machine.create(spec, Math.max(1, spec.createdAtMillis()));
        RunRecord run =
                copiedTo.equals(SourceId.NONE) ? first.record() : first.record().copiedTo(copiedTo);
        LogState log = LogState.empty(run.epoch());
        for (NewEvent event : first.events()) {
            log = log.with(event);
        }
        LogState begun = log;
        long heard = clock.millis();
        return index.opened(spec.runId(), spec.createdAtMillis())
                .thenCompose(listed -> authority.create(run, begun, first.events(), input, heard))
                .thenCompose(there -> there.isPresent()
                        ? CompletableFuture.completedFuture(existing(there.get(), spec, byKey))
                        : keepKey(spec)
                                .thenCompose(kept -> created.apply(new StoredRun(run, begun, 1, heard, 0, 0, "")))
                                .thenApply(CreateResult.Created::new));
    }

    /** Where that fails the key is good for a day, which is longer than anybody asks again. */
    private CompletionStage<Void> keepKey(RunSpec spec) {
        return spec.idempotencyKey().isEmpty()
                ? CompletableFuture.completedFuture(null)
                : index.keepKey(spec.idempotencyKey()).exceptionally(fault -> null);
    }

    private CreateResult existing(StoredRun there, RunSpec asked, boolean byKey) {
        return there.record().spec().fingerprint().equals(asked.fingerprint())
                ? new CreateResult.Existing(seen.apply(there))
                : new CreateResult.Conflict(there.runId(), byKey);
    }
}
