package dev.runstream.store.redis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RedisFixturesTest {
    private static long millis(Runnable what) {
        long start = System.nanoTime();
        what.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

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
    void aServerIsThereSoon() {
        try (RedisServer warm = RedisServer.start()) {
            assertThat(warm.text("PING")).isEqualTo("PONG");
            long took = millis(() -> {
                try (RedisServer server = RedisServer.start()) {
                    assertThat(server.text("PING")).isEqualTo("PONG");
                }
            });
            System.err.println("standalone " + took + " ms");
            assertThat(took).isLessThan(2000);
        }
    }

    @Test
    void aClusterIsThereSoonAndWhole() {
        long took = millis(() -> {
            try (RedisCluster cluster = RedisCluster.start()) {
                assertThat(cluster.owner(cluster.slot("a")).run("SET", "a", "1"))
                        .isEqualTo("OK");
                assertThat(cluster.owner(cluster.slot("b")).run("SET", "b", "1"))
                        .isEqualTo("OK");
                assertThat(cluster.owner(cluster.slot("c")).run("SET", "c", "1"))
                        .isEqualTo("OK");
            }
        });
        System.err.println("cluster " + took + " ms");
        assertThat(took).isLessThan(10_000);
    }

    @Test
    @Tag("slow")
    void sentinelsChangeTheMaster() {
        long[] took = new long[2];
        took[0] = millis(() -> {
            try (RedisSentinels all = RedisSentinels.start()) {
                RedisServer before = all.master();
                took[1] = millis(all::failOver);
                assertThat(all.master()).isNotSameAs(before);
            }
        });
        System.err.println("sentinels " + took[0] + " ms, failover " + took[1]);
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
