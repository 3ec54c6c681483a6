package dev.runstream.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.run.AppendResult;
import dev.runstream.core.run.RunState;
import dev.runstream.core.testing.Stages;
import dev.runstream.store.redis.link.RedisRefusedException;
import dev.runstream.store.redis.testing.RedisCluster;
import dev.runstream.store.redis.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rights that docs/redis.md says a user needs. */
final class RightsTest {
    private static final Pattern RIGHTS =
            Pattern.compile("A user needs `([^`]+)`.*?the keys `([^`]+)`, and the channels `([^`]+)`");

    /** A user with exactly the rights of the page. */
    private static String documented() throws IOException {
        Matcher rights = RIGHTS.matcher(Files.readString(Path.of("../docs/redis.md")));
        assertThat(rights.find()).isTrue();
        return "runner on >Sesame -@all resetkeys resetchannels " + rights.group(1) + " " + rights.group(2) + " "
                + rights.group(3);
    }

    private static String asRunner(String address) {
        return address.replace("redis://", "redis://runner:Sesame@");
    }

    @Test
    void thoseInTheDocumentsSuffice() throws IOException {
        try (RedisServer redis = RedisServer.start("user", documented())) {
            useAll(asRunner(redis.address()));
            assertThat(redis.text("ACL", "LOG")).isEmpty();
        }
    }

    @Test
    @Tag("slow")
    void thoseInTheDocumentsSufficeInACluster() throws IOException {
        try (RedisCluster redis = RedisCluster.start("user", documented())) {
            useAll(asRunner(redis.address()));
            redis.masters()
                    .forEach(master -> assertThat(master.text("ACL", "LOG")).isEmpty());
        }
    }

    private static void useAll(String address) {
        try (StoreUnderTest one = StoreUnderTest.at(address);
                StoreUnderTest other = StoreUnderTest.at(address)) {
            one.startExternal("external");
            assertThat(one.append("external", StoreUnderTest.delta(1))).isInstanceOf(AppendResult.Appended.class);
            assertThat(other.follow("external").orElseThrow().log().lastSeq()).isEqualTo(2);
            assertThat(Stages.await(other.store.requestCancel("external"))).contains(RunState.CANCELLING);
            one.append("external", StoreUnderTest.complete());
            one.start("worked-on", "agent", 1);
            assertThat(Stages.await(other.store.queue().take(Set.of("agent"), 1)))
                    .isEqualTo(List.of("worked-on"));
            assertThat(Stages.await(other.store.beginAttempt("worked-on"))).isPresent();
            other.append("worked-on", 1, 0, StoreUnderTest.complete());
            assertThat(Stages.await(one.store.findInput("worked-on"))).isPresent();
            assertThat(Stages.await(one.store.findEnd("worked-on"))).isPresent();
        }
    }

    @Test
    void oneThatOnlyScriptsNeedIsMissedAtTheStart() throws IOException {
        assertMissed(" ~{ai:*", "EVALSHA of {ai:deadlines}:up is answered NOPERM");
        assertMissed(" +@scripting", "NOPERM this user has no permissions to run the 'evalsha' command");
    }

    @Test
    void theRightToWaitForReplicasIsMissedWhereTheAddressAsksForIt() throws IOException {
        try (RedisServer redis = RedisServer.start("user", documented() + " -wait")) {
            assertThatThrownBy(() -> StoreUnderTest.at(asRunner(redis.address()) + "?wait=1"))
                    .isInstanceOf(RedisRefusedException.class)
                    .hasMessageContaining("'wait'");
        }
    }

    private static void assertMissed(String right, String says) throws IOException {
        String rights = documented();
        assertThat(rights).contains(right);
        try (RedisServer redis = RedisServer.start("user", rights.replace(right, ""))) {
            assertThatThrownBy(() -> StoreUnderTest.at(asRunner(redis.address())))
                    .isInstanceOf(RedisRefusedException.class)
                    .hasMessageContaining(says)
                    .hasMessageContaining("docs/redis.md");
        }
    }
}
