package dev.runstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.app.cli.ScriptedServer;
import dev.runstream.app.e2e.Launch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MainTest {
    @Test
    void cancelsOnARealCtrlCAndExitsWithTheEndOfTheRun() throws Exception {
        CountDownLatch following = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer((request, answer) -> {
            switch (request.method()) {
                case "POST" ->
                    answer.json(
                            201,
                            "{\"runId\":\"r1\",\"agent\":\"a\",\"state\":\"running\",\"attempt\":1,"
                                    + "\"createdAt\":\"2026-01-31T12:00:00Z\"}");
                case "DELETE" -> {
                    answer.raw("HTTP/1.1 204 No Content\r\nRun-State: cancelling\r\nConnection: close\r\n\r\n");
                    cancelled.countDown();
                }
                default -> {
                    answer.stream("running");
                    following.countDown();
                    cancelled.await();
                    answer.event(1, "error", "{\"message\":\"stopped\",\"code\":\"cancelled\"}");
                }
            }
        })) {
            Process run = start("run", "a", "--server", server.url());
            following.await();
            new ProcessBuilder("kill", "-INT", Long.toString(run.pid())).start().waitFor();
            String out = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(run.waitFor()).isEqualTo(130);
            assertThat(out)
                    .isEqualTo("{\"id\":\"7-1\",\"event\":\"error\",\"data\":{\"message\":\"stopped\","
                            + "\"code\":\"cancelled\"}}\n");
        }
    }

    @Test
    void needsNeitherNettyNorAStoreToBeAClient() throws Exception {
        try (ScriptedServer server =
                new ScriptedServer((request, answer) -> answer.json(200, "{\"runs\":[],\"next\":null}"))) {
            Process runs = start("-verbose:class", "runs", "--server", server.url());
            String loaded = new String(runs.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(runs.waitFor()).isZero();
            assertThat(loaded)
                    .contains("dev.runstream.app.cli.RunsCommand")
                    .doesNotContain("io.netty", "org.sqlite", "io.lettuce");
        }
    }

    private static Process start(String... args) throws IOException {
        boolean hasFlag = args[0].startsWith("-");
        List<String> all = List.of(args);
        return Launch.program(all.subList(0, hasFlag ? 1 : 0), all.subList(hasFlag ? 1 : 0, args.length))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
