package dev.runstream.store.redis.link;

import io.lettuce.core.RedisCommandExecutionException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;

/** Says of a failed attempt to connect what is wrong and how to mend it. */
final class ConnectFaults {
    private ConnectFaults() {}

    /** @return a {@link RedisRefusedException} where trying again changes nothing, else a {@link RedisUnavailableException} */
    static RuntimeException explain(Object where, boolean tls, Throwable fault) {
        Throwable deepest = fault;
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            deepest = cause;
            switch (cause) {
                case RedisRefusedException refused -> {
                    return refused;
                }
                case RedisUnavailableException unavailable -> {
                    return unavailable;
                }
                case RedisCommandExecutionException reply -> {
                    return reply(where, reply);
                }
                case UnknownHostException unknown -> {
                    return new RedisUnavailableException("Redis at " + where + ": this host is not known", fault);
                }
                case IllegalArgumentException file -> {
                    return new RedisRefusedException("a file for TLS cannot be read: " + file.getMessage(), fault);
                }
                case CertificateException certificate -> {
                    return new RedisRefusedException(
                            "Redis at " + where + " shows a certificate that is not trusted ("
                                    + certificate.getMessage()
                                    + "): give its authority as ?ca=FILE.pem, and use a host name that it was made for",
                            fault);
                }
                default -> {}
            }
        }
        return byMessage(where, tls, fault, deepest);
    }

    private static RuntimeException byMessage(Object where, boolean tls, Throwable fault, Throwable deepest) {
        String message = String.valueOf(deepest.getMessage());
        if (deepest instanceof SSLException && message.contains("not an SSL/TLS record")) {
            return new RedisRefusedException(
                    "Redis at " + where + " does not speak TLS: write redis, not rediss", fault);
        }
        if (deepest instanceof SSLException && message.toLowerCase(Locale.ROOT).contains("certificate")) {
            return new RedisRefusedException(
                    "Redis at " + where + " wants a certificate of ours (" + message
                            + "): give ?cert=FILE.pem&key=FILE.pem, or set tls-auth-clients no there",
                    fault);
        }
        String hint = !tls && (message.contains("prematurely") || message.contains("reset"))
                ? " (if it speaks TLS, write rediss)"
                : tls && message.contains("handshake timed out") ? " (if it does not speak TLS, write redis)" : "";
        return new RedisUnavailableException("Redis at " + where + " does not answer: " + message + hint, fault);
    }

    /** An error that the server sent while we logged in. */
    static RuntimeException reply(Object where, RedisCommandExecutionException fault) {
        String message = String.valueOf(fault.getMessage());
        String at = "Redis at " + where;
        return switch (firstWord(message)) {
            case "WRONGPASS" -> new RedisRefusedException(at + ": user or password is wrong", fault);
            case "NOAUTH" ->
                new RedisRefusedException(
                        at + " wants a password: write it before the host, as in :password@host", fault);
            case "NOPERM" ->
                new RedisRefusedException(at + ": " + message + ": allow it with ACL SETUSER (docs/redis.md)", fault);
            case "DENIED" ->
                new RedisRefusedException(
                        at + " is in protected mode: set a password there, or protected-mode no", fault);
            case "LOADING", "BUSY", "MASTERDOWN" -> new RedisUnavailableException(at + ": " + message, fault);
            default ->
                message.contains("DB index") || message.contains("SELECT is not allowed")
                        ? new RedisRefusedException(at + " has not this database: " + message, fault)
                        : new RedisUnavailableException(at + ": " + message, fault);
        };
    }

    static String firstWord(String message) {
        int space = message.indexOf(' ');
        return space < 0 ? message : message.substring(0, space);
    }

    /** Without the wrapping that stages put around it. */
    static Throwable unwrapped(Throwable fault) {
        Throwable inner = fault;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}
