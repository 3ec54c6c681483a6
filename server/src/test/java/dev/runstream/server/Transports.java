package dev.runstream.server;

import dev.runstream.server.transport.Transport;
import java.util.ArrayList;
import java.util.List;

/** The transports that work on this machine. */
final class Transports {
    private Transports() {}

    static List<String> here() {
        List<String> names = new ArrayList<>();
        for (Transport transport : Transport.values()) {
            try {
                names.add(Transport.choose(transport.configName()).configName());
            } catch (IllegalArgumentException unavailable) {
                // The system does not allow it.
            }
        }
        return names;
    }
}
