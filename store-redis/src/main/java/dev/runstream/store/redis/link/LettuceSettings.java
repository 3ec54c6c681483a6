package dev.runstream.store.redis.link;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import java.nio.file.Files;
import java.util.Optional;
import java.util.stream.Stream;

/** What Lettuce is told: how to behave, and where and how to log in. Immutable. */
final class LettuceSettings {
    private final RedisAddress address;
    private final LinkSettings settings;

    /** @throws RedisRefusedException if a file for TLS may not be read */
    LettuceSettings(RedisAddress address, LinkSettings settings) {
        checkFiles(address);
        this.address = address;
        this.settings = settings;
    }

    private static void checkFiles(RedisAddress address) {
        Stream.of(address.tlsAuthority(), address.tlsCertificate(), address.tlsKey())
                .flatMap(Optional::stream)
                .filter(file -> !Files.isReadable(file))
                .findFirst()
                .ifPresent(file -> {
                    throw new RedisRefusedException("the file " + file + " for TLS is missing or may not be read");
                });
    }

    ClientOptions options() {
        SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider().handshakeTimeout(settings.connectTimeout());
        address.tlsAuthority().ifPresent(file -> ssl.trustManager(file.toFile()));
        address.tlsCertificate()
                .ifPresent(certificate -> ssl.keyManager(
                        certificate.toFile(), address.tlsKey().orElseThrow().toFile(), new char[0]));
        return ClientOptions.builder()
                .autoReconnect(false)
                // A connection that says nothing is found by the probe, for all commands at once.
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.connectTimeout())
                        .keepAlive(true)
                        .build())
                .sslOptions(ssl.build())
                .build();
    }

    /** One server, and the name by which {@code CLIENT LIST} there shows us. */
    RedisURI server(String clientName, HostPort host) {
        RedisURI.Builder uri = at(host).withDatabase(address.database()).withClientName(clientName);
        return authenticated(uri, true).build();
    }

    /** All Sentinels, of which the first that answers is taken. */
    RedisURI sentinels(String master) {
        RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(master).withTimeout(settings.connectTimeout());
        for (HostPort host : address.hosts()) {
            RedisURI.Builder sentinel = at(host).withClientName("runstream-sentinel");
            uri.withSentinel(authenticated(sentinel, address.sentinelAuth()).build());
        }
        return uri.build();
    }

    private RedisURI.Builder at(HostPort host) {
        return RedisURI.builder()
                .withHost(host.host())
                .withPort(host.port())
                .withSsl(address.tls())
                .withTimeout(settings.connectTimeout());
    }

    private RedisURI.Builder authenticated(RedisURI.Builder uri, boolean wanted) {
        if (!wanted || address.password().isEmpty()) {
            return uri;
        }
        char[] password = address.password().get().toCharArray();
        return address.user().isPresent()
                ? uri.withAuthentication(address.user().get(), password)
                : uri.withPassword(password);
    }
}
