package dev.runstream.app.config;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** The forms of {@code --store}. Immutable. */
sealed interface StoreKind {
    record Sqlite() implements StoreKind {}

    record Memory() implements StoreKind {}

    /** An address that may hold a password, which is therefore never shown. */
    record Redis(URI address) implements StoreKind {
        @Override
        public String toString() {
            return address.getScheme() + "://…";
        }
    }

    Kind<StoreKind> KIND = new Kind<>(
            "sqlite|memory|redis://…",
            "sqlite, memory, or an address such as redis://127.0.0.1:6379",
            StoreKind::read,
            kind -> switch (kind) {
                case Sqlite sqlite -> "sqlite";
                case Memory memory -> "memory";
                case Redis redis -> redis.toString();
            });

    private static Optional<StoreKind> read(String text) {
        return switch (text) {
            case "sqlite" -> Optional.of(new Sqlite());
            case "memory" -> Optional.of(new Memory());
            default ->
                Addresses.parse(text)
                        .filter(uri -> uri.getScheme() != null
                                && Set.of("redis", "rediss").contains(uri.getScheme())
                                && uri.getRawAuthority() != null)
                        .map(Redis::new);
        };
    }
}
