package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StreamEvent;
import dev.runstream.store.redis.testing.RedisServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers in processes of their own that follow a queue of real BullMQ workers. */
@Tag("slow")
@Timeout(240)
final class BullmqTest {
    private final RedisServer redis = RedisServer.start("appendonly", "yes");
    private final List<AutoCloseable> opened = new ArrayList<>();
    private NodeJobs jobs = opened(NodeJobs.start(6, redis.port()));

    @TempDir
    private Path data;

    @BeforeEach
    void work() {
        jobs.work("agents", "{'concurrency':4}");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        redis.close();
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.add(part);
        return part;
    }

    private ServerProcess gateway(int port) {
        return opened(ServerProcess.start(
                data, port, "--max-running", "0", "--store", redis.address(), "--bullmq", "agents"));
    }

    private Watcher watch(ServerProcess server, String runId) {
        RunstreamClient client = opened(server.client());
        return opened(new Watcher(client.follow(runId)));
    }

    private static List<String> numbers(int to) {
        return IntStream.rangeClosed(1, to).mapToObj(n -> "{\"n\":" + n + "}").toList();
    }

    @Test
    void losesAndRepeatsNothingWhenTheServerIsKilledAmidAJob() throws Exception {
        ServerProcess gateway = gateway(ServerProcess.freePort());
        String run = "agents:" + jobs.add("agents", "deltas", "{'count':400,'pause':10}");
        Watcher reader = watch(gateway, run);
        reader.awaitEvent("the 50th", event -> event.data().text().equals("{\"n\":50}"));
        gateway.kill();
        long before = Long.parseLong(redis.text("XLEN", "bull:agents:events"));
        ServerProcess again = gateway(gateway.port());
        again.awaitUntil(
                "jobs went on without a server",
                () -> Long.parseLong(redis.text("XLEN", "bull:agents:events")) > before + 20);
        StreamEvent end = reader.awaitEnd();
        assertThat(end.data().text()).isEqualTo("{\"sent\":400}");
        assertThat(reader.data("delta")).isEqualTo(numbers(400));
        assertThat(reader.losses()).isEmpty();
        Watcher late = watch(again, run);
        late.awaitEnd();
        assertThat(late.events().stream().map(StreamEvent::id))
                .isEqualTo(reader.events().stream().map(StreamEvent::id).toList());
    }

    @Test
    void goesOnWhenRedisIsStartedAgain() throws Exception {
        ServerProcess gateway = gateway(0);
        String run = "agents:" + jobs.add("agents", "deltas", "{'count':100}");
        watch(gateway, run).awaitEnd();
        redis.kill();
        redis.startAgain();
        gateway.awaitUntil("ready again", () -> gateway.get("/readyz").statusCode() == 200);
        String next = "agents:" + jobs.add("agents", "deltas", "{'count':100}");
        Watcher reader = watch(gateway, next);
        reader.awaitEnd();
        assertThat(reader.data("delta")).isEqualTo(numbers(100));
    }

    @Test
    void startsReadsAndCancelsJobsOverHttp() throws Exception {
        ServerProcess gateway = gateway(0);
        assertThat(gateway.get("/api/agents").body())
                .contains("{\"name\":\"bullmq:agents\",\"description\":\"A job of the BullMQ queue agents.\"}");

        HttpResponse<String> started = gateway.post(
                "/api/agents/run",
                "{\"agent\":\"bullmq:agents\",\"input\":{\"name\":\"deltas\",\"data\":{\"count\":200},"
                        + "\"opts\":{\"attempts\":2,\"removeOnComplete\":true}}}",
                "Idempotency-Key",
                "one");
        assertThat(started.statusCode()).isEqualTo(201);
        String path = started.headers().firstValue("Location").orElseThrow();
        String run = path.substring(path.lastIndexOf('/') + 1);
        assertThat(run).startsWith("agents:");
        Watcher reader = watch(gateway, run);
        reader.awaitEnd();
        assertThat(reader.data("delta")).isEqualTo(numbers(200));
        String hundredth = reader.events().stream()
                .filter(event -> event.data().text().equals("{\"n\":100}"))
                .findFirst()
                .orElseThrow()
                .id()
                .toString();
        HttpResponse<String> rest = gateway.get("/api/agents/stream/" + run + "?lastEventId=" + hundredth);
        assertThat(rest.body()
                        .lines()
                        .filter(line -> line.startsWith("data: {\"n\":"))
                        .map(line -> line.substring("data: ".length()))
                        .toList())
                .isEqualTo(numbers(200).subList(100, 200));
        assertThat(rest.body()).contains("\"resume\":\"resumed\"").contains("event: complete");
        assertThat(gateway.get(path + "/result").body()).isEqualTo("{\"sent\":200}");

        assertThat(gateway.post(
                                "/api/agents/run",
                                "{\"agent\":\"bullmq:agents\",\"input\":{\"name\":\"plain\",\"opts\":{\"delay\":-1}}}")
                        .body())
                .contains("invalid-input", "opts.delay");
        assertThat(gateway.post("/api/agents/run", "{\"agent\":\"bullmq:others\"}")
                        .body())
                .contains("unknown-agent", "bullmq:agents");

        String delayed = jobs.add("agents", "plain", "{}", "{'delay':600000}");
        HttpResponse<String> cancelled = gateway.delete("/api/agents/run/" + delayed);
        assertThat(cancelled.statusCode()).isEqualTo(204);
        assertThat(cancelled.headers().firstValue("Run-State")).contains("cancelled");
        assertThat(gateway.get("/api/agents/run/agents:" + delayed).body()).contains("\"state\":\"cancelled\"");
        assertThat(gateway.delete("/api/agents/run/agents:999").statusCode()).isEqualTo(404);
        assertThat(gateway.metric("ai_bullmq_entries_read")).isGreaterThan(200);
    }
}
