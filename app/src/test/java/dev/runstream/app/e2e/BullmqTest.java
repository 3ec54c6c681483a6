package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.bullmq.testing.NodeJobs;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StreamEvent;
import dev.runstream.store.redis.testing.RedisServer;
import dev.runstream.store.redis.testing.Waiting;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers in processes of their own that follow a queue of real BullMQ workers. */
@Tag("slow")
@Timeout(240)
final class BullmqTest {
    private final RedisServer redis = RedisServer.start("appendonly", "yes", "appendfsync", "always");
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    private Path data;

    private NodeJobs workOn(int version) {
        NodeJobs jobs = opened(NodeJobs.start(version, redis.port()));
        jobs.work("agents", "{'concurrency':4}");
        return jobs;
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

    /** Nobody is there for about five seconds, in which the job goes on. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void losesAndRepeatsNothingWhenTheServerIsKilledAmidAJob(int version) throws Exception {
        NodeJobs jobs = workOn(version);
        ServerProcess gateway = gateway(ServerProcess.freePort());
        String run = "agents:" + jobs.add("agents", "deltas", "{'count':700,'pause':10}");
        Watcher reader = watch(gateway, run);
        reader.awaitEvent("the 50th", event -> event.data().text().equals("{\"n\":50}"));
        gateway.kill();
        long before = Long.parseLong(redis.text("XLEN", "bull:agents:events"));
        Waiting.until(
                "the job went on without a server",
                Duration.ofSeconds(30),
                () -> Long.parseLong(redis.text("XLEN", "bull:agents:events")) > before + 450);
        ServerProcess again = gateway(gateway.port());
        StreamEvent end = reader.awaitEnd();
        assertThat(end.data().text()).isEqualTo("{\"sent\":700}");
        assertThat(reader.data("delta")).isEqualTo(numbers(700));
        assertThat(reader.losses()).isEmpty();
        Watcher late = watch(again, run);
        late.awaitEnd();
        assertThat(late.events().stream().map(StreamEvent::id))
                .isEqualTo(reader.events().stream().map(StreamEvent::id).toList());
    }

    /** What BullMQ's client sends again, since its answer was lost, is two entries; each is copied once. */
    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void goesOnWhenRedisIsKilledAndStartedAgainAmidAJob(int version) throws Exception {
        NodeJobs jobs = workOn(version);
        ServerProcess gateway = gateway(0);
        String run = "agents:" + jobs.add("agents", "deltas", "{'count':300,'pause':10}");
        Watcher reader = watch(gateway, run);
        reader.awaitEvent("the 50th", event -> event.data().text().equals("{\"n\":50}"));
        redis.kill();
        redis.startAgain();
        assertThat(reader.awaitEnd().data().text()).isEqualTo("{\"sent\":300}");
        assertThat(reader.data("delta").stream().distinct()).containsExactlyElementsOf(numbers(300));
        assertThat(reader.data("delta")).isEqualTo(sentTo("agents"));
        assertThat(reader.losses()).isEmpty();
        assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
    }

    /** The data of all deltas that a queue's stream has. */
    private List<String> sentTo(String queue) {
        return Pattern.compile("\"type\":\"delta\",\"data\":(\\{\"n\":\\d+})")
                .matcher(redis.text("XRANGE", "bull:" + queue + ":events", "-", "+"))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void startsReadsAndCancelsJobsOverHttp(int version) throws Exception {
        NodeJobs jobs = workOn(version);
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
