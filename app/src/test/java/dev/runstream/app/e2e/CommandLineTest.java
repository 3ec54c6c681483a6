package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.runstream.client.RunState;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The commands as processes of their own, in a pipe, against a server process. */
@Tag("slow")
@Timeout(120)
final class CommandLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static ScriptedModel model;
    private static ServerProcess server;
    private static RunstreamClient client;

    @BeforeAll
    static void startServer(@TempDir Path data) throws IOException {
        model = new ScriptedModel(5, Duration.ofMillis(5));
        server = ServerProcess.start(data, 0, "--llm-base-url", model.baseUrl().toString(), "--llm-model", "scripted");
        client = server.client();
    }

    @AfterAll
    static void stopServer() {
        client.close();
        server.close();
        model.close();
    }

    private static CommandProcess.Finished run(String... args) throws InterruptedException {
        return CommandProcess.run(withServer(args));
    }

    private static String[] withServer(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--server", server.address().toString()));
        return all.toArray(String[]::new);
    }

    @Test
    void runsAFundFromAFileToItsResult(@TempDir Path folder) throws Exception {
        Path input = Files.writeString(
                folder.resolve("fund.json"), Funds.input(3_000).text());
        CommandProcess.Finished done = run("run", "fund-scenario", "--input", input.toString(), "--run-id", "by-file");
        assertThat(done.status()).as("%s", done.err()).isZero();
        List<JsonNode> events = events(done);
        assertThat(events.getLast().path("event").asText()).isEqualTo("complete");
        assertThat(events)
                .filteredOn(event -> event.path("event").asText().equals("complete"))
                .hasSize(1);
        assertThat(events.getFirst().path("data").path("state").asText()).isEqualTo("queued");
        assertThat(client.getRun("by-file").state()).isEqualTo(RunState.COMPLETED);

        CommandProcess.Finished again = run("follow", "by-file");
        assertThat(again.status()).isZero();
        assertThat(again.out()).isEqualTo(done.out());
    }

    /** Every line as JSON with its three members. */
    private static List<JsonNode> events(CommandProcess.Finished command) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : command.out()) {
            JsonNode event = JSON.readTree(line);
            assertThat(event.fieldNames()).toIterable().containsExactly("id", "event", "data");
            events.add(event);
        }
        return events;
    }

    @Test
    void runsAModelWithItsInputFromAPipe() throws Exception {
        CommandProcess.Finished done = CommandProcess.runWith(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}", withServer("run", "llm", "--input", "-"));
        assertThat(done.status()).as("%s", done.err()).isZero();
        List<JsonNode> events = events(done);
        assertThat(events)
                .filteredOn(event -> event.path("event").asText().equals("delta"))
                .hasSizeGreaterThanOrEqualTo(5);
        assertThat(events.getLast().path("event").asText()).isEqualTo("complete");
    }

    @Test
    void cancelsOnCtrlCAndWaitsForTheEnd(@TempDir Path folder) throws Exception {
        try (CommandProcess command = CommandProcess.start(
                withServer("run", "fund-scenario", "--input", endless(folder), "--run-id", "by-hand"))) {
            command.awaitLine(line -> line.contains("\"partial\""));
            command.interrupt();
            CommandProcess.Finished cancelled = command.awaitEnd();
            assertThat(cancelled.status()).as("%s", cancelled.err()).isEqualTo(130);
            JsonNode last = events(cancelled).getLast();
            assertThat(last.path("event").asText()).isEqualTo("error");
            assertThat(last.path("data").path("code").asText()).isEqualTo("cancelled");
        }
        assertThat(client.getRun("by-hand").state()).isEqualTo(RunState.CANCELLED);
        assertThat(run("follow", "by-hand").status()).isEqualTo(130);
    }

    private static String endless(Path folder) throws IOException {
        return Files.writeString(
                        folder.resolve("endless.json"),
                        Funds.input(Funds.ENDLESS).text())
                .toString();
    }

    @Test
    void followsARunThatFailsWithStatusOne() throws Exception {
        String runId = client.startRun(StartRun.external()).runId();
        try (CommandProcess command = CommandProcess.start(withServer("follow", runId))) {
            command.awaitLine(line -> line.contains("\"running\""));
            server.post(
                    "/api/agents/run/" + runId + "/events",
                    "{\"type\":\"error\",\"data\":{\"message\":\"no paper\",\"code\":\"out-of-paper\"}}");
            CommandProcess.Finished failed = command.awaitEnd();
            assertThat(failed.status()).isEqualTo(1);
            assertThat(events(failed).getLast().path("data").path("code").asText())
                    .isEqualTo("out-of-paper");
        }
    }

    @Test
    void cancelsARunWithoutWaitingForItsEnd() throws Exception {
        String runId = client.startRun(StartRun.external()).runId();
        CommandProcess.Finished asked = run("cancel", runId);
        assertThat(asked.status()).isZero();
        assertThat(asked.out()).containsExactly("cancelling");
        assertThat(client.getRun(runId).state()).isEqualTo(RunState.CANCELLING);
        assertThat(run("cancel", "no-such-run").status()).isEqualTo(1);
    }

    @Test
    void listsRunsOneALine() throws Exception {
        String runId = client.startRun(StartRun.external()).runId();
        CommandProcess.Finished listed = run("runs", "--state", "running", "--agent", "external");
        assertThat(listed.status()).isZero();
        List<String> ids = new ArrayList<>();
        for (String line : listed.out()) {
            ids.add(JSON.readTree(line).path("runId").asText());
        }
        assertThat(ids).contains(runId);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tellsOfADiskThatIsFull() throws Exception {
        client.startRun(StartRun.external());
        Process command = Launch.program(List.of(), List.of(withServer("runs")))
                .redirectOutput(new File("/dev/full"))
                .start();
        assertThat(said(command)).startsWith("runstream: the output cannot be written: ");
        assertThat(command.waitFor()).isEqualTo(1);
    }

    @Test
    void endsQuietlyWhereThePipeIsClosed() throws Exception {
        client.startRun(StartRun.external());
        Process command = Launch.program(List.of(), List.of(withServer("runs"))).start();
        command.getInputStream().close();
        assertThat(said(command)).isEmpty();
        assertThat(command.waitFor()).isEqualTo(141);
    }

    private static String said(Process command) throws IOException {
        return new String(command.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void saysWhatIsWrongWithAStart() throws Exception {
        CommandProcess.Finished unknown = run("run", "no-such-agent");
        assertThat(unknown.status()).isEqualTo(1);
        assertThat(String.join("\n", unknown.err())).contains("fund-scenario", "llm", "external");

        CommandProcess.Finished wrong = CommandProcess.runWith(
                "{\"paths\":-1,\"carry\":{\"rate\":\"much\"}}", withServer("run", "fund-scenario", "--input", "-"));
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(String.join("\n", wrong.err())).contains("paths", "carry.rate");

        assertThat(run("run").status()).isEqualTo(2);
        int nobody = ServerProcess.freePort();
        CommandProcess.Finished alone = CommandProcess.run("runs", "--server", "http://127.0.0.1:" + nobody);
        assertThat(alone.status()).isEqualTo(1);
        assertThat(String.join("\n", alone.err())).contains("no server answers", "runstream serve");
    }
}
