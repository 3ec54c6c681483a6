package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
        // Of those that would end the run one at most was let do it; the others were told that it had ended.
        int ended = 0;
        for (int i : new int[] {0, 1, 3}) {
            assertThat(answers.get(i).status()).as(answers.get(i).text()).isIn(200, 409);
            ended += answers.get(i).status() == 200 ? 1 : 0;
            if (answers.get(i).status() == 409) {
                Problems.assertProblem(answers.get(i), 409, "run-ended");
                assertThat(answers.get(i).text()).contains("\"state\":\"" + state + "\"");
            }
        }
        assertThat(ended).isLessThanOrEqualTo(1);
        assertThat(answers.get(2).status()).isEqualTo(204);
        assertThat(answers.get(2).header("Run-State").orElse("")).isIn("cancelling", state);
        if (!run.get("cancelRequestedAt").isNull()) {
            assertThat(state).isEqualTo("cancelled");
        }
    }
}
