package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.client.EventId;
import dev.runstream.client.FollowOptions;
import dev.runstream.client.RunstreamClient;
import dev.runstream.client.StartRun;
import dev.runstream.client.StreamEvent;
import dev.runstream.client.StreamItem;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A crash of the whole machine, of which the file comes back as it was a moment ago. */
@Tag("slow")
@Timeout(120)
final class OldCopyTest {
    @TempDir
    private Path data;

    @TempDir
    private Path copied;

    @Test
    void tellsReadersToStartAnewAndUsesNoIdTwice() throws Exception {
        EventId lastSeen;
        List<String> idsSeen;
        try (ServerProcess server = ServerProcess.start(data, 0);
                RunstreamClient client = server.client()) {
            client.startRun(StartRun.external().runId("lost"));
            publish(server, 0, "kept");
            copy(data, copied);
            publish(server, 1, "lost");
            try (Watcher reader = new Watcher(client.follow("lost"))) {
                lastSeen = reader.awaitEvent(
                                "lost event", event -> event.data().text().equals("\"lost\""))
                        .id();
                idsSeen = reader.events().stream()
                        .map(event -> event.id().toString())
                        .toList();
            }
            server.kill();
        }
        startTheMachineAnew(copied);
        try (ServerProcess server = ServerProcess.start(copied, 0);
                RunstreamClient client = server.client();
                Watcher reader = new Watcher(client.follow("lost", FollowOptions.DEFAULT.after(lastSeen)))) {
            reader.await("reset", item -> item instanceof StreamItem.Reset);
            publish(server, 2, "new");
            StreamEvent last =
                    reader.awaitEvent("new event", event -> event.data().text().equals("\"new\""));
            assertThat(last.id().epoch()).isGreaterThan(lastSeen.epoch());
            assertThat(reader.data("delta")).containsExactly("\"kept\"", "\"new\"");
            assertThat(reader.events())
                    .extracting(event -> event.id().toString())
                    .doesNotContainAnyElementsOf(idsSeen);
        }
    }

    private static void publish(ServerProcess server, int number, String data) {
        HttpResponse<String> answer = server.post(
                "/api/agents/run/lost/events",
                "{\"type\":\"delta\",\"data\":\"" + data + "\"}",
                "Producer-Id",
                "p",
                "Producer-Epoch",
                "1",
                "Producer-Seq",
                Integer.toString(number));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void startTheMachineAnew(Path folder) throws SQLException {
        try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("runstream.db"));
                Statement statement = file.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE session SET boot_id = 'the boot before'"))
                    .isEqualTo(1);
        }
    }
}
