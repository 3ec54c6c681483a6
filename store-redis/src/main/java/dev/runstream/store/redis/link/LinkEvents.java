package dev.runstream.store.redis.link;

/** What masters have to tell the link. On the control thread, but for messages. */
interface LinkEvents {
    /** On an input thread, which it must not block. */
    void message(String channel, byte[] message);

    /** Subscriptions stood, were away, and all of them that one master has stand again. */
    void back();

    /** The server where it was asked for does not have this channel. */
    void misplaced(Subscription subscription);

    void refused(Subscription subscription, RuntimeException why);

    /** Something was found out that health rests on. */
    void looked();

    /** Who has which slots was asked anew; perhaps some have moved. */
    void viewed();
}
