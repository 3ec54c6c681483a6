package dev.runstream.store.sqlite;

/** A write that means nothing, to see whether the disk takes one again. */
final class ProbeTask extends WriteTask<Boolean> {
    @Override
    void decide(WriteBatch batch) {
        batch.beat();
    }

    @Override
    void stored() {
        outcome.complete(true);
    }
}
