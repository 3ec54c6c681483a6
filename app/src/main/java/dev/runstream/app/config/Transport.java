package dev.runstream.app.config;

/** How sockets are spoken to. */
public enum Transport {
    /** The best that this machine allows. */
    AUTO("auto"),
    EPOLL("epoll"),
    IO_URING("io_uring"),
    NIO("nio");

    private final String word;

    Transport(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
