package dev.runstream.store.redis.link;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one {@link RedisAddress}. No message holds a part of the text that could be the password. */
final class RedisAddressParser {
    private static final List<String> OPTIONS = List.of("prefix", "wait", "sentinel-auth", "ca", "cert", "key");

    private final String address;
    private final Map<String, String> options = new LinkedHashMap<>();

    RedisAddressParser(String address) {
        this.address = address;
    }

    RedisAddress parse() {
        int schemeEnd = address.indexOf("://");
        String scheme = schemeEnd < 0 ? "" : address.substring(0, schemeEnd);
        boolean sentinel = scheme.equals("redis+sentinel") || scheme.equals("rediss+sentinel");
        boolean tls = scheme.startsWith("rediss");
        if (!sentinel && !scheme.equals("redis") && !scheme.equals("rediss")) {
            throw wrong("it has to begin with redis://, rediss://, redis+sentinel:// or rediss+sentinel://");
        }
        String rest = address.substring(schemeEnd + 3);
        if (rest.indexOf('#') >= 0) {
            throw wrong("a # has to be written as %23");
        }
        int authorityEnd = firstOf(rest, '/', '?');
        String authority = rest.substring(0, authorityEnd);
        String tail = rest.substring(authorityEnd);
        if (tail.indexOf('@') >= 0) {
            throw wrong("there is an @ after the hosts: in the password / has to be written as %2F, ? as %3F, and in an"
                    + " option @ as %40");
        }
        int queryStart = firstOf(tail, '?', '?');
        readOptions(queryStart == tail.length() ? "" : tail.substring(queryStart + 1));
        int at = authority.lastIndexOf('@');
        String login = at < 0 ? "" : authority.substring(0, at);
        if (at >= 0 && login.indexOf(':') < 0) {
            throw wrong("before the @ there has to be user:password or :password");
        }
        if (login.indexOf('@') >= 0) {
            throw wrong("an @ in the user or the password has to be written as %40");
        }
        int colon = login.indexOf(':');
        String user = at < 0 ? "" : decoded("the user", login.substring(0, colon));
        String password = at < 0 ? "" : decoded("the password", login.substring(colon + 1));
        if (at >= 0 && password.isEmpty()) {
            throw wrong("the password is empty");
        }
        List<HostPort> hosts = hosts(authority.substring(at + 1), sentinel ? 26379 : 6379);
        List<String> path = path(tail.substring(0, queryStart));
        if (sentinel ? path.isEmpty() || path.size() > 2 : path.size() > 1) {
            throw wrong(
                    sentinel
                            ? "after the Sentinels there has to be /master-name or /database/master-name"
                            : "after the hosts there may only be /database");
        }
        boolean hasDatabase = path.size() == (sentinel ? 2 : 1);
        return new RedisAddress(
                tls,
                hosts,
                sentinel ? Optional.of(path.getLast()) : Optional.empty(),
                hasDatabase ? number("the database", path.getFirst(), 1_000_000) : 0,
                user.isEmpty() ? Optional.empty() : Optional.of(user),
                at < 0 ? Optional.empty() : Optional.of(password),
                prefix(options.getOrDefault("prefix", "ai:")),
                number("wait", options.getOrDefault("wait", "0"), 100),
                sentinelAuth(sentinel, at >= 0),
                file("ca", tls),
                file("cert", tls),
                file("key", tls));
    }

    private void readOptions(String query) {
        for (String option : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = option.indexOf('=');
            String key = equals < 0 ? option : option.substring(0, equals);
            if (!OPTIONS.contains(key)) {
                throw wrong("there is no option " + key + "; there are " + String.join(", ", OPTIONS));
            }
            String value = equals < 0 ? "" : decoded("the option " + key, option.substring(equals + 1));
            if (value.isEmpty()) {
                throw wrong("the option " + key + " has no value");
            }
            if (options.put(key, value) != null) {
                throw wrong("the option " + key + " is there twice");
            }
        }
        if (options.containsKey("cert") != options.containsKey("key")) {
            throw wrong("the options cert and key belong together");
        }
    }

    private List<HostPort> hosts(String text, int defaultPort) {
        List<HostPort> hosts = new ArrayList<>();
        for (String host : text.split(",", -1)) {
            hosts.add(host(host, defaultPort));
        }
        return List.copyOf(hosts);
    }

    private HostPort host(String text, int defaultPort) {
        if (!text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':')) {
            throw wrong("an IPv6 address has to be in brackets, as in [::1]:6379");
        }
        int nameEnd = text.startsWith("[") ? text.indexOf(']') + 1 : firstOf(text, ':', ':');
        String name = text.startsWith("[") && nameEnd > 0 ? text.substring(1, nameEnd - 1) : text.substring(0, nameEnd);
        String after = text.substring(nameEnd);
        if (name.isEmpty() || !name.chars().allMatch(RedisAddressParser::mayBeInHost)) {
            throw wrong("a host is missing or has characters that no host has");
        }
        if (!after.isEmpty() && !after.startsWith(":")) {
            throw wrong("after the bracket there may only be a colon and a port");
        }
        int port = after.isEmpty() ? defaultPort : number("the port of " + name, after.substring(1), 65_535);
        if (port == 0) {
            throw wrong("the port of " + name + " is 0");
        }
        return new HostPort(name, port);
    }

    private static boolean mayBeInHost(int c) {
        return (c < 128 && Character.isLetterOrDigit(c)) || "-._:%".indexOf(c) >= 0;
    }

    private List<String> path(String text) {
        if (text.isEmpty() || text.equals("/")) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        for (String part : text.substring(1).split("/", -1)) {
            if (part.isEmpty()) {
                throw wrong("there is an empty part between slashes");
            }
            parts.add(decoded("the path", part));
        }
        return parts;
    }

    private String prefix(String prefix) {
        // A brace would move where Redis looks for the hash tag, and a Cluster would spread the keys of one run.
        if (prefix.length() > 100 || !prefix.chars().allMatch(c -> c > ' ' && c < 127 && c != '{' && c != '}')) {
            throw wrong("the prefix may have up to 100 visible ASCII characters, and no braces");
        }
        return prefix;
    }

    private boolean sentinelAuth(boolean sentinel, boolean hasPassword) {
        String value = options.getOrDefault("sentinel-auth", "0");
        if (!value.equals("0") && !(value.equals("1") && sentinel && hasPassword)) {
            throw wrong("sentinel-auth may be 0 or 1, and 1 only with Sentinels and a password");
        }
        return value.equals("1");
    }

    private Optional<Path> file(String key, boolean tls) {
        if (options.containsKey(key) && !tls) {
            throw wrong("the option " + key + " is for TLS: write rediss");
        }
        return Optional.ofNullable(options.get(key)).map(Path::of);
    }

    private int number(String what, String digits, int max) {
        if (digits.isEmpty() || digits.length() > 7 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(what + " is no number from 0 to " + max);
        }
        int number = Integer.parseInt(digits);
        if (number > max) {
            throw wrong(what + " is greater than " + max);
        }
        return number;
    }

    private String decoded(String what, String encoded) {
        try {
            return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong(what + " has a % that is not followed by two hex digits");
        }
    }

    private static int firstOf(String text, char one, char other) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == one || text.charAt(i) == other) {
                return i;
            }
        }
        return text.length();
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("the address of Redis is wrong: " + what);
    }
}
