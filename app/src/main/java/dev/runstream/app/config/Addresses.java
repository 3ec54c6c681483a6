package dev.runstream.app.config;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How hosts, paths, origins and URLs are written. Never asks a name server. */
final class Addresses {
    private static final Pattern HOST_NAME = Pattern.compile("(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
            + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
    private static final Pattern BASE_PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)+");
    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");
    private static final Pattern SLASHES_AFTER_PATH = Pattern.compile("^([^?]*?)/+(?=\\?|$)");
    /** What a path must not begin with: of the server's own, and of the web pages' addresses and files. */
    private static final Set<String> TAKEN_PATHS = Set.of("healthz", "readyz", "metrics", "assets", "console", "run");

    static final Kind<String> HOST = new Kind<>(
            "HOST",
            "a host name or an IP address, such as 127.0.0.1, ::1 or localhost",
            Addresses::readHost,
            host -> host);
    static final Kind<Integer> PORT = new Kind<>(
            "PORT",
            "a port from 0 to 65535 (0: a free one)",
            text -> Quantities.wholeNumber(text).filter(port -> port <= 65535).map(Math::toIntExact),
            String::valueOf);
    static final Kind<String> PATH = Kind.text(
            "PATH",
            "a path such as /api/agents: it begins with /, ends without, and is not at or below /healthz, /readyz, "
                    + "/metrics, /assets, /console or /run, where the server has other things",
            Addresses::isBasePath);
    static final Kind<String> ORIGIN = new Kind<>(
            "ORIGIN",
            "an origin such as https://app.example.com or http://localhost:5173 (no path), or * for every one",
            Addresses::readOrigin,
            origin -> origin);
    static final Kind<URI> HTTP_URL = new Kind<>(
            "URL",
            "an http or https address such as https://api.example.com/v1, without user or fragment",
            Addresses::readHttpUrl,
            URI::toString);

    private Addresses() {}

    private static Optional<String> readHost(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        boolean isLiteral = bare.contains(":") || FOUR_NUMBERS.matcher(bare).matches();
        boolean isGood = isLiteral
                ? literal(bare).isPresent()
                : bare.equals(text)
                        && !NUMBERS.matcher(bare).matches()
                        && HOST_NAME.matcher(bare).matches();
        return isGood ? Optional.of(bare) : Optional.empty();
    }

    private static Optional<InetAddress> literal(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException notALiteral) {
            return Optional.empty();
        }
    }

    /** Whether only this machine can reach it. */
    static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    private static boolean isBasePath(String text) {
        if (!BASE_PATH.matcher(text).matches()) {
            return false;
        }
        for (String segment : text.substring(1).split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return false;
            }
        }
        return !TAKEN_PATHS.contains(text.substring(1).split("/", -1)[0]);
    }

    /** As browsers send it: in lower case, without the scheme's own port. */
    private static Optional<String> readOrigin(String text) {
        if (text.equals("*")) {
            return Optional.of(text);
        }
        return parse(text.toLowerCase(Locale.ROOT))
                .filter(uri -> uri.getScheme() != null
                        && SCHEME.matcher(uri.getScheme()).matches()
                        && uri.getHost() != null
                        && uri.getRawUserInfo() == null
                        && uri.getPort() <= 65535
                        && isEmpty(uri.getRawPath())
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null)
                .map(Addresses::withoutOwnPort);
    }

    private static String withoutOwnPort(URI origin) {
        int ownPort = switch (origin.getScheme()) {
            case "http" -> 80;
            case "https" -> 443;
            default -> -1;
        };
        boolean hasOther = origin.getPort() >= 0 && origin.getPort() != ownPort;
        return origin.getScheme() + "://" + origin.getHost() + (hasOther ? ":" + origin.getPort() : "");
    }

    /** Slashes at the end of the path go; a query stays as it is. */
    private static Optional<URI> readHttpUrl(String text) {
        return parse(SLASHES_AFTER_PATH.matcher(text).replaceFirst("$1"))
                .filter(uri -> uri.getScheme() != null
                        && Set.of("http", "https").contains(uri.getScheme().toLowerCase(Locale.ROOT))
                        && uri.getHost() != null
                        && uri.getRawUserInfo() == null
                        && uri.getPort() <= 65535
                        && uri.getRawFragment() == null);
    }

    static Optional<URI> parse(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException notOne) {
            return Optional.empty();
        }
    }

    private static boolean isEmpty(@Nullable String part) {
        return part == null || part.isEmpty();
    }
}
