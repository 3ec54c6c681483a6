package dev.runstream.store.redis.link;

/** Hands on what a master tells: what concerns its kind to them, the rest to the link. */
record MasterOwner(Masters masters, LinkEvents events) implements Master.Owner {
    @Override
    public void homeless(SentCommand<?, ?, ?> command) {
        masters.send(command);
    }

    @Override
    public void suspect() {
        masters.suspect();
    }

    @Override
    public void looked() {
        events.looked();
    }

    @Override
    public void message(String channel, byte[] message) {
        events.message(channel, message);
    }

    @Override
    public void back() {
        events.back();
    }

    @Override
    public void misplaced(Subscription subscription) {
        masters.suspect();
        events.misplaced(subscription);
    }

    @Override
    public void refused(Subscription subscription, RuntimeException why) {
        events.refused(subscription, why);
    }
}
