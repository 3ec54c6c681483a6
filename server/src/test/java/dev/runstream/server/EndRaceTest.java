package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cancel, result, error and lease at once: one end, and everybody is told the same. */
class EndRaceTest {
    private static final int ROUNDS = 40;

    private final ApiServer server = ApiServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void endsOnceWhoeverIsFirst() {
        Random random = new Random(42);
        for (int round = 0; round < ROUNDS; round++) {
            String runId = "r" + round;
            // Some leases run out just about when the others arrive.
            server.start("{\"agent\":\"external\",\"runId\":\"" + runId + "\",\"leaseSeconds\":"
                    + (round % 3 == 0 ? "0.00" + (1 + random.nextInt(9)) : "60") + "}");
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<RawHttp.Answer>> all = List.of(
                    after(go, () -> server.publish(runId, "{\"type\":\"complete\",\"data\":\"mine\"}")),
                    after(go, () -> server.publish(runId, "{\"type\":\"error\",\"data\":{\"message\":\"mine\"}}")),
                    after(go, () -> server.cancel(runId)),
                    after(
                            go,
                            () -> server.publishLines(
                                    runId,
                                    "",
                                    "{\"type\":\"delta\",\"data\":1}\n{\"type\":\"complete\",\"data\":\"theirs\"}\n")));
            go.countDown();
            List<RawHttp.Answer> answers =
                    all.stream().map(CompletableFuture::join).toList();
            checkTheEnd(runId, answers);
        }
    }

    private static CompletableFuture<RawHttp.Answer> after(
            CountDownLatch go, java.util.function.Supplier<RawHttp.Answer> ask) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        go.await();
                    } catch (InterruptedException stopped) {
                        throw new IllegalStateException(stopped);
                    }
                    return ask.get();
                },
                task -> Thread.ofVirtual().start(task));
    }

    private void checkTheEnd(String runId, List<RawHttp.Answer> answers) {
        JsonNode run = StartTest.json(server.get("/api/agents/run/" + runId));
        String state = run.get("state").asText();
        String log = server.get("/api/agents/stream/" + runId).text();
        long terminals = log.lines()
                .filter(line -> line.equals("event: complete") || line.equals("event: error"))
                .count();

        assertThat(terminals).as(log).isEqualTo(1);
        assertThat(state).isIn("completed", "failed", "cancelled");
        assertThat(log.contains("event: complete")).isEqualTo(state.equals("completed"));
        // Who is told that it was let end the run is who did; of lines, those before a cancel are taken and the rest
        // left.
        boolean result = hasData(log, "\"mine\"");
        boolean error = log.contains("\"message\":\"mine\"");
        boolean lines = hasData(log, "\"theirs\"");
        assertThat(Stream.of(result, error, lines).filter(ended -> ended).count())
                .as(log)
                .isLessThanOrEqualTo(1);
        checkTaken(answers.get(0), result, state);
        checkTaken(answers.get(1), error, state);
        checkTaken(answers.get(3), lines || answers.get(3).status() == 200, state);
        assertThat(answers.get(2).status()).isEqualTo(204);
        assertThat(answers.get(2).header("Run-State").orElse("")).isIn("cancelling", state);
        if (!run.get("cancelRequestedAt").isNull()) {
            assertThat(state).isEqualTo("cancelled");
        }
    }

    private static boolean hasData(String log, String json) {
        return log.lines().anyMatch(line -> line.equals("data: " + json));
    }

    private static void checkTaken(RawHttp.Answer answer, boolean taken, String state) {
        if (taken) {
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        } else {
            Problems.assertProblem(answer, 409, "run-ended");
            assertThat(answer.text()).contains("\"state\":\"" + state + "\"");
        }
    }
}
