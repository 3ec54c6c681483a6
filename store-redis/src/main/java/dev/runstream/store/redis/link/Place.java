package dev.runstream.store.redis.link;

import java.util.List;

/** Where one server is to be found. */
sealed interface Place {
    /** One of these, the first that answers and, if need be, is a master. */
    record Hosts(List<HostPort> hosts, boolean masterOnly) implements Place {
        @Override
        public String toString() {
            return String.join(",", hosts.stream().map(HostPort::toString).toList());
        }
    }

    /** The one that the Sentinels name as master now. */
    record BySentinels(Sentinels sentinels) implements Place {
        @Override
        public String toString() {
            return sentinels.toString();
        }
    }
}
