package dev.runstream.store.sqlite;

/** Changes nothing: when its turn comes, whatever was handed in before it is stored and visible, or has failed. */
final class SettledTask extends WriteTask<Void> {
    @Override
    void decide(WriteBatch batch) {}

    @Override
    void stored() {
        outcome.complete(null);
    }
}
