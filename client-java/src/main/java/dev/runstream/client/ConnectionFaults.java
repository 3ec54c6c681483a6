package dev.runstream.client;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What broke a connection, in a user's words: the JDK tells how far its parsers had come. Stateless. */
final class ConnectionFaults {
    /** The system's word for it, which the JDK passes on as a plain fault of input or output. */
    private static final Pattern RESET = Pattern.compile("(?i)broken pipe|connection reset");

    private ConnectionFaults() {}

    static String inWords(Throwable fault) {
        List<Throwable> causes = Stream.iterate(fault, cause -> cause != null, Throwable::getCause)
                .toList();
        // The order counts: what could not be connected may also have a closed channel among its causes.
        if (first(UnresolvedAddressException.class, causes).isPresent()) {
            return "the host is not known";
        }
        Optional<ConnectException> refused = first(ConnectException.class, causes);
        if (refused.isPresent()) {
            return refused.map(Throwable::getMessage).orElse("connection refused");
        }
        if (first(HttpConnectTimeoutException.class, causes).isPresent()) {
            return "no connection in time";
        }
        if (causes.stream().anyMatch(ConnectionFaults::isCut)) {
            return "the connection was cut";
        }
        return Optional.ofNullable(fault.getMessage()).orElse(fault.getClass().getSimpleName());
    }

    private static boolean isCut(Throwable cause) {
        return cause instanceof EOFException
                || cause instanceof ClosedChannelException
                // Its subclasses are faults of their own, such as a host without a route to it.
                || cause.getClass() == SocketException.class
                || RESET.matcher(String.valueOf(cause.getMessage())).find();
    }

    private static <T extends Throwable> Optional<T> first(Class<T> kind, List<Throwable> causes) {
        return causes.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }
}
