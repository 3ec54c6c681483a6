package dev.runstream.app.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** The forms of {@code --store}. Immutable. */
sealed interface StoreKind {
    Pattern REDIS = Pattern.compile("rediss?(\\+sentinel)?://.+");

    record Sqlite() implements StoreKind {}

    record Memory() implements StoreKind {}

    /** An address that may hold a password, which is therefore never shown. */
    record Redis(String address) implements StoreKind {
        @Override
        public String toString() {
            return address.substring(0, address.indexOf("://")) + "://…";
        }
    }

    Kind<StoreKind> KIND = new Kind<>(
            "sqlite|memory|redis://…",
            "sqlite, memory, or an address such as redis://127.0.0.1:6379",
            StoreKind::read,
            StoreKind::show);

    /** Those that several processes can have at once. */
    Kind<StoreKind> SHARED = new Kind<>(
            "redis://…",
            "the address of a Redis, such as redis://127.0.0.1:6379, that a worker shares with servers (what sqlite and"
                    + " memory keep is worked on by the one server that has it)",
            StoreKind::readShared,
            StoreKind::show);

    private static Optional<StoreKind> read(String text) {
        return switch (text) {
            case "sqlite" -> Optional.of(new Sqlite());
            case "memory" -> Optional.of(new Memory());
            default -> readShared(text);
        };
    }

    private static Optional<StoreKind> readShared(String text) {
        return REDIS.matcher(text).matches() ? Optional.of(new Redis(text)) : Optional.empty();
    }

    private static String show(StoreKind kind) {
        return switch (kind) {
            case Sqlite sqlite -> "sqlite";
            case Memory memory -> "memory";
            case Redis redis -> redis.toString();
        };
    }
}
