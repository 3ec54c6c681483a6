package dev.runstream.store.redis.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.RedisServer;
import dev.runstream.store.redis.testing.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisTlsTest {
    @TempDir
    static Path folder;

    private static TestCertificates certificates;
    private static RedisServer server;

    @BeforeAll
    static void startServer() {
        certificates = TestCertificates.in(folder);
        server = RedisServer.startWithTls(certificates, "yes");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static String address(String options) {
        return "rediss://127.0.0.1:" + server.tlsPort() + options;
    }

    private static String ours() {
        return "&cert=" + certificates.clientCertificate() + "&key=" + certificates.clientKey();
    }

    @Test
    void speaksTlsWithAnAuthorityAndACertificateOfItsOwn() {
        try (LinkUnderTest it = LinkUnderTest.to(address("?ca=" + certificates.authority() + ours()))) {
            String pong = Stages.await(it.link.call(to -> to.ping()));
            assertThat(pong).isEqualTo("PONG");
            assertThat(it.link.health().ready()).isTrue();
        }
    }

    @Test
    void anAuthorityThatIsNotTrustedIsRefused() {
        assertRefused(address(""), "not trusted", "?ca=");
    }

    @Test
    void aServerThatWantsACertificateOfOursSaysSo() {
        assertRefused(address("?ca=" + certificates.authority()), "?cert=");
    }

    @Test
    void aHostThatTheCertificateIsNotMadeForIsRefused() {
        assertRefused(
                "rediss://localhost:" + server.tlsPort() + "?ca=" + certificates.authority() + ours(), "not trusted");
    }

    @Test
    void filesThatAreMissingOrNoPemAreNamed() {
        assertRefused(address("?ca=" + folder.resolve("none.pem")), "none.pem");
        assertRefused(
                address("?ca=" + certificates.authority() + "&cert=" + certificates.notPem() + "&key="
                        + certificates.notPem()),
                "TLS");
    }

    @Test
    void tlsAndPlainAreToldApart() {
        assertThatThrownBy(() -> LinkUnderTest.to("rediss://127.0.0.1:" + server.port()))
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining("if it does not speak TLS, write redis");
        assertThatThrownBy(() -> LinkUnderTest.to(
                        "redis://127.0.0.1:" + server.tlsPort(), LinkUnderTest.patient(Duration.ofSeconds(3))))
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining("rediss");
    }

    private static void assertRefused(String address, String... says) {
        assertThatThrownBy(() -> LinkUnderTest.to(address))
                .isInstanceOf(RedisRefusedException.class)
                .hasMessageContainingAll(says);
    }
}
