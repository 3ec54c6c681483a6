package dev.runstream.store.redis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RedisFixturesTest {
    @Test
    void aServerComesBackWithItsDataOnTheSamePort() {
        try (RedisServer server = RedisServer.start("appendonly", "yes", "appendfsync", "always")) {
            server.run("SET", "k", "v");
            server.kill();
            server.startAgain();
            assertThat(server.run("GET", "k")).isEqualTo("v");
        }
    }

    @Test
    void aClusterIsWhole() {
        try (RedisCluster cluster = RedisCluster.start()) {
            for (String key : List.of("a", "b", "c", "d")) {
                assertThat(cluster.owner(cluster.slot(key)).run("SET", key, "1"))
                        .isEqualTo("OK");
            }
        }
    }

    @Test
    @Tag("slow")
    void sentinelsChangeTheMaster() {
        try (RedisSentinels all = RedisSentinels.start()) {
            RedisServer before = all.master();
            all.failOver();
            assertThat(all.master()).isNotSameAs(before);
        }
    }

    @Test
    void aFrozenServerGoesOn() {
        try (RedisServer server = RedisServer.start()) {
            server.freeze();
            server.thaw();
            server.sleep(Duration.ofMillis(50));
            assertThat(server.text("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aProxySwallowsMessagesAndNothingElse() throws IOException {
        try (RedisServer server = RedisServer.start();
                TcpProxy proxy = TcpProxy.before(server.port());
                RespClient client = new RespClient(proxy.port())) {
            proxy.swallowMessages(true);
            client.run("SUBSCRIBE", "c");
            server.run("PUBLISH", "c", "lost");
            assertThat(String.valueOf(client.run("PING"))).contains("pong");
            proxy.swallowMessages(false);
            server.run("PUBLISH", "c", "seen");
            assertThat(String.valueOf(client.run("PING"))).contains("seen");
        }
    }

    @Test
    void aProxySwallowsTheAnswerToARequestThatArrived() throws Exception {
        try (RedisServer server = RedisServer.start();
                TcpProxy proxy = TcpProxy.before(server.port());
                Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            var passed = proxy.swallowAnswerTo("INCR");
            client.getOutputStream().write("INCR n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            passed.get(5, TimeUnit.SECONDS);
            Waiting.until("it arrived", Duration.ofSeconds(5), () -> "1".equals(server.run("GET", "n")));
            proxy.cut();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
