package dev.runstream.store.redis.link;

import java.util.List;

/**
 * What an error reply means for the command that it answers. In all cases named here the command was not carried out.
 *
 * @param message as the server sent it
 */
record ErrorReply(Meaning meaning, String message) {
    enum Meaning {
        /** A matter between the caller and Redis. */
        FOR_THE_CALLER,
        /** The slot is at another master, for good. */
        MOVED,
        /** The key is at another master while its slot moves there. */
        ASK,
        /** This server is no master any more. */
        NO_MASTER,
        /** Not now; in a moment it may do. */
        LATER,
        /** The server takes no writes until somebody mends it. */
        UNAVAILABLE,
        /** The user may not do this. */
        REFUSED
    }

    /** How a script is told that a command in it is not allowed to our user. */
    private static final List<String> REFUSED_IN_SCRIPT =
            List.of("ERR The user executing the script can't", "ERR ACL failure in script");

    static ErrorReply of(String message) {
        if (REFUSED_IN_SCRIPT.stream().anyMatch(message::startsWith)) {
            return new ErrorReply(Meaning.REFUSED, message);
        }
        return new ErrorReply(
                switch (ConnectFaults.firstWord(message)) {
                    case "MOVED" -> Meaning.MOVED;
                    case "ASK" -> Meaning.ASK;
                    case "READONLY" -> Meaning.NO_MASTER;
                    case "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "BUSY" -> Meaning.LATER;
                    case "OOM", "MISCONF", "NOREPLICAS" -> Meaning.UNAVAILABLE;
                    case "NOPERM", "NOAUTH" -> Meaning.REFUSED;
                    default -> Meaning.FOR_THE_CALLER;
                },
                message);
    }

    /** The message, and how to mend what it says where that is known. */
    String explained() {
        String mend = meaning == Meaning.REFUSED
                ? ": allow it with ACL SETUSER (docs/redis.md)"
                : message.startsWith("OOM") ? " (raise maxmemory, or keep less: --retain-ended, --run-buffer)" : "";
        return message + mend;
    }

    /** Where {@link Meaning#MOVED} and {@link Meaning#ASK} point to. */
    HostPort target(HostPort answered) {
        String place = message.split(" ", 4)[2];
        int colon = place.lastIndexOf(':');
        // A node that does not know its own address leaves it out, and means the host that was asked.
        String host = colon == 0 ? answered.host() : place.substring(0, colon);
        return new HostPort(host, Integer.parseInt(place.substring(colon + 1)));
    }
}
