package dev.runstream.store.redis.link;

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

    static ErrorReply of(String message) {
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

    /** Where {@link Meaning#MOVED} and {@link Meaning#ASK} point to. */
    HostPort target(HostPort answered) {
        String place = message.split(" ", 4)[2];
        int colon = place.lastIndexOf(':');
        // A node that does not know its own address leaves it out, and means the host that was asked.
        String host = colon == 0 ? answered.host() : place.substring(0, colon);
        return new HostPort(host, Integer.parseInt(place.substring(colon + 1)));
    }
}
