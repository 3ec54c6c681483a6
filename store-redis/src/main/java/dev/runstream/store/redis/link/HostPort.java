package dev.runstream.store.redis.link;

/** A host's name or IP address, without brackets, and a port. */
record HostPort(String host, int port) {
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
