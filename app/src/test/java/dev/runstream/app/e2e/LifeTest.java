package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.runstream.client.AgentInfo;
import dev.runstream.client.FollowOptions;
import dev.runstream.client.JsonData;
import dev.runstream.client.PublishOptions;
import dev.runstream.client.RunPublisher;
import dev.runstream.client.RunState;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.RunstreamException;
import dev.runstream.client.StartRun;
import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run from its start to its end, with a server process and the Java client: the short way through everything. */
@Timeout(120)
final class LifeTest {
    private static ServerProcess server;
    private static RunstreamClient client;

    @BeforeAll
    static void startServer(@TempDir Path data) {
        server = ServerProcess.start(data, 0);
        client = server.client();
    }

    @AfterAll
    static void stopServer() {
        client.close();
        server.close();
    }

    @Test
    void leavesNothingBehindAfterACancel() throws Exception {
        String runId = client.startRun(StartRun.external()).runId();
        PublishOptions seldom = PublishOptions.DEFAULT.withCallEvery(Duration.ofMinutes(10));
        try (Watcher reader = new Watcher(client.follow(runId));
                RunPublisher publisher = client.publish(runId, seldom)) {
            CountDownLatch told = new CountDownLatch(1);
            publisher.onCancel(told::countDown);
            publisher.delta("one");
            reader.awaitFirst("delta");
            server.awaitUntil(
                    "the reader and the publisher follow", () -> server.metric("ai_stream_connections_active") == 2);
            assertThat(server.metric("ai_run_open{state=\"running\"}")).isEqualTo(1);

            assertThat(client.cancelRun(runId)).isEqualTo(RunState.CANCELLING);
            reader.awaitState("cancelling");
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
            publisher.error("stopped", "the worker has put its tools away");

            StreamEvent end = reader.awaitEnd();
            assertThat(end.data().tree().path("code").asText()).isEqualTo("cancelled");
            assertThat(end.data().tree().path("message").asText()).isEqualTo("the worker has put its tools away");
        }
        assertThat(client.cancelRun(runId)).isEqualTo(RunState.CANCELLED);
        server.awaitUntil("no stream is open", () -> server.metric("ai_stream_connections_active") == 0);
        assertThat(server.metric("ai_stream_clients_gauge")).isZero();
        for (String state : List.of("queued", "running", "retrying", "cancelling")) {
            assertThat(server.metric("ai_run_open{state=\"" + state + "\"}")).isZero();
        }
        assertThat(server.metric("ai_run_buffered_bytes")).isZero();
        server.awaitUntil("nobody reads it", () -> client.getRun(runId).readers() == 0);
    }

    @Test
    void deliversExactlyTheMissedEventsAfterAReconnect() throws Exception {
        String runId = client.startRun(StartRun.external()).runId();
        try (RunPublisher publisher = client.publish(runId)) {
            publisher.delta("seen");
            Watcher before = new Watcher(client.follow(runId));
            StreamEvent last = before.awaitFirst("delta");
            before.close();

            publisher.delta("missed 1");
            publisher.partial("missed 2");
            publisher.flush();
            Watcher after = new Watcher(client.follow(runId, FollowOptions.DEFAULT.after(last.id())));
            after.awaitFirst("partial");
            publisher.complete("live");
            after.awaitEnd();

            assertThat(after.losses()).isEmpty();
            assertThat(after.events())
                    .extracting(
                            event -> event.id().seq(),
                            StreamEvent::event,
                            event -> event.data().text())
                    .containsExactly(
                            tuple(last.id().seq() + 1, "delta", "\"missed 1\""),
                            tuple(last.id().seq() + 2, "partial", "\"missed 2\""),
                            tuple(last.id().seq() + 3, "complete", "\"live\""));
            assertThat(after.seen().getFirst().item()).isInstanceOf(StreamItem.Opened.class);
            assertThat(streamAfter(runId, after.events().getLast().id().toString())
                            .statusCode())
                    .isEqualTo(204);
            assertThat(streamAfter(runId, last.id().toString()).body())
                    .contains("\"resume\":\"resumed\"")
                    .doesNotContain("\"seen\"")
                    .contains("\"missed 1\"", "\"missed 2\"", "\"live\"");
        }
    }

    private static HttpResponse<String> streamAfter(String runId, String lastEventId) throws Exception {
        URI stream = server.address().resolve("/api/agents/stream/" + runId);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(stream)
                            .header("Last-Event-ID", lastEventId)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "localhost"})
    void namesItsHostAsItWasGiven(String host, @TempDir Path data) {
        try (ServerProcess other = ServerProcess.start(data, 0, "--host", host, "--insecure")) {
            assertThat(other.address().getHost()).isEqualTo(host);
            assertThat(other.get("/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void simulatesAFundToItsResult() throws Exception {
        JsonData input = Funds.input(2_000);
        String runId =
                client.startRun(StartRun.of("fund-scenario").input(input)).runId();
        try (Watcher reader = new Watcher(client.follow(runId))) {
            assertThat(reader.awaitEnd().event()).isEqualTo("complete");
            assertThat(client.getResult(runId))
                    .isEqualTo(reader.events().getLast().data());
            assertThat(client.getResult(runId)
                            .tree()
                            .path("input")
                            .path("paths")
                            .asLong())
                    .isEqualTo(2_000);
        }
    }

    @Test
    void listsTheModelThatIsNotConfiguredAndSaysWhichFlagsAreMissing() {
        assertThat(client.agents()).extracting(AgentInfo::name).contains("external", "fund-scenario", "llm");
        Map<String, Object> question = Map.of("messages", List.of(Map.of("role", "user", "content", "hello")));
        assertThatThrownBy(() -> client.startRun(StartRun.of("llm").input(question)))
                .isInstanceOfSatisfying(RunstreamException.class, refused -> {
                    assertThat(refused.status()).isEqualTo(400);
                    assertThat(refused.code()).isEqualTo("invalid-input");
                    assertThat(refused.problem().toString())
                            .contains("--llm-base-url", "--llm-model", "RUNSTREAM_LLM_API_KEY");
                });
    }
}
