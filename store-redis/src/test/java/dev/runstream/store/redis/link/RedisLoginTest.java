package dev.runstream.store.redis.link;

import static dev.runstream.store.redis.link.LinkUnderTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.testing.RedisSentinels;
import dev.runstream.store.redis.testing.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RedisLoginTest {
    private static final String LEAST =
            "runner on >Sesame resetkeys ~ai:* resetchannels &ai:* -@all +@read +@write +@scripting +@pubsub +info"
                    + " +time +hello +client|setname +config|get";

    private static String at(RedisServer server, String login) {
        return server.address().replace("redis://", "redis://" + login + "@");
    }

    @Test
    void logsInAsAUserWithTheLeastRights() {
        try (RedisServer server = RedisServer.start("user", LEAST);
                LinkUnderTest it = LinkUnderTest.to(at(server, "runner:Sesame"))) {
            Stages.await(it.link.call(to -> to.set("ai:k", bytes("v"))));
            Stages.await(it.link.subscribe("ai:c"));
            assertThat(server.text("ACL", "LOG")).isEmpty();
        }
    }

    @Test
    void whatTheUserMayNotDoIsRefused() {
        try (RedisServer server = RedisServer.start("user", LEAST);
                LinkUnderTest it = LinkUnderTest.to(at(server, "runner:Sesame"))) {
            assertThatThrownBy(() -> Stages.await(it.link.call(to -> to.set("other:k", bytes("v")))))
                    .isInstanceOf(RedisRefusedException.class)
                    .hasMessageContaining("NOPERM")
                    .hasMessageContaining("ACL SETUSER");
            assertThatThrownBy(() -> Stages.await(it.link.subscribe("other:c")))
                    .isInstanceOf(RedisRefusedException.class)
                    .hasMessageContaining("NOPERM");
            assertThat(it.link.health().ready()).isTrue();
        }
    }

    @Test
    void aServerThatDoesNotTellItsConfigurationWillDo() {
        String secretive = LEAST.replace(" +config|get", "");
        try (RedisServer server = RedisServer.start("user", secretive);
                LinkUnderTest it = LinkUnderTest.to(at(server, "runner:Sesame"))) {
            assertThat(it.link.keeping()).isEqualTo(new Keeping("7.0.15", "no", Keeping.UNKNOWN, "noeviction"));
        }
    }

    @Test
    void aUserWithoutARightThatTheLinkNeedsIsRefusedAtTheStart() {
        try (RedisServer server = RedisServer.start("user", LEAST.replace(" +info", ""))) {
            assertRefused(at(server, "runner:Sesame"), "NOPERM");
        }
        try (RedisServer server = RedisServer.start("user", LEAST.replace(" &ai:*", " &other:*"))) {
            assertRefused(at(server, "runner:Sesame"), "NOPERM");
        }
        try (RedisServer server = RedisServer.start("user", LEAST.replace(" +time", ""))) {
            assertRefused(at(server, "runner:Sesame"), "'time'");
        }
        try (RedisServer server = RedisServer.start("user", LEAST.replace(" +@write", ""))) {
            assertRefused(at(server, "runner:Sesame"), "'setrange'");
        }
        try (RedisServer server = RedisServer.start("user", LEAST.replace(" ~ai:*", " ~other:*"))) {
            assertRefused(at(server, "runner:Sesame"), "one of the keys");
        }
    }

    @Test
    void aWrongPasswordIsRefused() {
        try (RedisServer server = RedisServer.start("user", LEAST)) {
            assertRefused(at(server, "runner:Wrong"), "user or password is wrong");
            assertRefused(at(server, "nobody:Sesame"), "user or password is wrong");
        }
    }

    @Test
    void aServerThatWantsAPasswordSaysSo() {
        try (RedisServer server = RedisServer.start("requirepass", "Sesame")) {
            assertRefused(server.address(), "wants a password");
            try (LinkUnderTest it = LinkUnderTest.to(at(server, ":Sesame"))) {
                assertThat(it.link.health().ready()).isTrue();
            }
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsRefused() {
        try (RedisServer server = RedisServer.start()) {
            assertRefused(server.address() + "/99", "database");
            try (LinkUnderTest it = LinkUnderTest.to(server.address() + "/3")) {
                Stages.await(it.link.call(to -> to.set("k", bytes("v"))));
                assertThat(server.text("INFO", "keyspace")).contains("db3:keys=1");
            }
        }
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        RedisServer server = RedisServer.start();
        server.close();
        assertThatThrownBy(() -> LinkUnderTest.to(server.address(), LinkUnderTest.patient(Duration.ofSeconds(1))))
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining("127.0.0.1:" + server.port())
                .hasMessageContaining("refused");
        assertThatThrownBy(() -> LinkUnderTest.to("redis://no-such-host.invalid"))
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void ofSeveralHostsTheFirstThatAnswersIsUsed() {
        RedisServer gone = RedisServer.start();
        gone.close();
        try (RedisServer server = RedisServer.start();
                LinkUnderTest it = LinkUnderTest.to(gone.address() + ",127.0.0.1:" + server.port())) {
            assertThat(it.link.health().ready()).isTrue();
        }
    }

    @Test
    void aReplicaAloneIsUnavailable() {
        try (RedisServer master = RedisServer.start();
                RedisServer replica = RedisServer.start("replicaof", "127.0.0.1 " + master.port())) {
            assertThatThrownBy(() -> LinkUnderTest.to(replica.address(), LinkUnderTest.patient(Duration.ofSeconds(2))))
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("replica");
        }
    }

    @Test
    @Tag("slow")
    void sentinelsAreToldApartFromServers() {
        try (RedisSentinels all = RedisSentinels.start()) {
            String sentinels = all.address();
            String asServer =
                    sentinels.replace("redis+sentinel", "redis").replace("/" + RedisSentinels.MASTER_NAME, "");
            assertRefused(asServer, "redis+sentinel://");
            assertRefused(
                    sentinels.replace("/" + RedisSentinels.MASTER_NAME, "/nobody"), "do not watch a master nobody");
            assertThatThrownBy(() -> LinkUnderTest.to(
                            "redis+sentinel://127.0.0.1:" + all.master().port() + "/x",
                            LinkUnderTest.patient(Duration.ofSeconds(2))))
                    .isInstanceOf(RuntimeException.class)
                    .hasMessageContaining("Sentinel");
        }
    }

    private static void assertRefused(String address, String says) {
        assertThatThrownBy(() -> LinkUnderTest.to(address))
                .isInstanceOf(RedisRefusedException.class)
                .hasMessageContaining(says)
                .satisfies(fault -> assertThat(fault.toString()).doesNotContain("Sesame", "Wrong"));
    }
}
