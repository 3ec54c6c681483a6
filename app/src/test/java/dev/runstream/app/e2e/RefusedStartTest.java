package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts that cannot work, as a user meets them: one clear message, an exit status, no stack trace. */
@Tag("slow")
@Timeout(60)
final class RefusedStartTest {
    private static final int COULD_NOT_START = 1;
    private static final int WRONG_USE = 2;

    @TempDir
    private Path data;

    @TempDir
    private Path agents;

    @Test
    void namesAPortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            for (String transport : List.of("auto", "nio")) {
                assertThat(refusal(COULD_NOT_START, "--port", port, "--transport", transport))
                        .isEqualTo("runstream: port " + port + " of 127.0.0.1 is taken: another process listens there."
                                + " Stop that one, or give another --port; --port 0 takes a free one and says which.");
            }
        }
        try (ServerProcess after = ServerProcess.start(data, 0)) {
            assertThat(after.get("/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void saysInTheSystemsWordsWhyAnAddressCannotBeListenedOn() throws Exception {
        assertThat(refusal(COULD_NOT_START, "--host", "192.0.2.1", "--insecure"))
                .startsWith("runstream: cannot listen on 192.0.2.1 port 0: ")
                .doesNotContain("error(");
    }

    @Test
    void namesWhoHoldsTheDataFolder() throws Exception {
        try (ServerProcess holder = ServerProcess.start(data, 0)) {
            assertThat(refusal(COULD_NOT_START))
                    .contains("in use", Long.toString(holder.process().pid()), "--data");
            assertThat(holder.get("/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void leavesAFileThatIsNoDatabaseAsItIs() throws Exception {
        Path file = data.resolve("runstream.db");
        byte[] text =
                "these are the notes of a meeting, and not runs".repeat(100).getBytes(StandardCharsets.US_ASCII);
        Files.write(file, text);
        assertThat(refusal(COULD_NOT_START)).contains("runstream.db", "not a database");
        assertThat(Files.readAllBytes(file)).isEqualTo(text);
    }

    @Test
    void leavesADamagedFileAsItIs() throws Exception {
        try (ServerProcess server = ServerProcess.start(data, 0)) {
            server.post("/api/agents/run", "{\"agent\":\"external\"}");
            assertThat(server.terminate()).isZero();
        }
        Path file = data.resolve("runstream.db");
        byte[] bytes = Files.readAllBytes(file);
        java.util.Arrays.fill(bytes, 4_096 + 8, bytes.length - 8, (byte) 0x5a);
        Files.write(file, bytes);
        assertThat(refusal(COULD_NOT_START)).contains("runstream.db", "damaged");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void leavesAFileOfANewerVersionAsItIs() throws Exception {
        try (ServerProcess server = ServerProcess.start(data, 0)) {
            assertThat(server.terminate()).isZero();
        }
        Path file = data.resolve("runstream.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        byte[] bytes = Files.readAllBytes(file);
        assertThat(refusal(COULD_NOT_START)).contains("newer", "99");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void namesAFlagThatItDoesNotKnow() throws Exception {
        assertThat(refusal(WRONG_USE, "--run-bufer", "10MB")).contains("--run-bufer", "--run-buffer");
    }

    @Test
    void namesAValueThatMakesNoSense() throws Exception {
        assertThat(refusal(WRONG_USE, "--keepalive", "soon")).contains("--keepalive", "soon");
        assertThat(refusal(WRONG_USE, "--max-disk", "1MB")).contains("--max-disk", "1MB", "16MB");
    }

    @Test
    void listensToOthersOnlyWhenToldThatThisIsInsecure() throws Exception {
        assertThat(refusal(WRONG_USE, "--host", "0.0.0.0")).contains("--host", "0.0.0.0", "--insecure");
    }

    @Test
    void namesAnAgentJarThatDoesNotLoad() throws Exception {
        Path jar = Files.write(agents.resolve("broken.jar"), new byte[] {1, 2, 3});
        assertThat(refusal(COULD_NOT_START, "--agents", agents.toString())).contains(jar.toString());
    }

    @Test
    void namesAnAgentJarThatTakesANameAgain() throws Exception {
        Path jar = AgentJars.put(agents, "fund-scenario", "");
        assertThat(refusal(COULD_NOT_START, "--agents", agents.toString()))
                .contains(jar.toString(), "\"fund-scenario\"");
    }

    /** What the program says when it refuses; what is logged before may stand above it. */
    private String refusal(int status, String... flags) throws InterruptedException {
        List<String> args = new ArrayList<>(List.of("serve", "--data", data.toString()));
        if (!List.of(flags).contains("--port")) {
            args.addAll(List.of("--port", "0"));
        }
        args.addAll(List.of(flags));
        CommandProcess.Finished refused = CommandProcess.run(args.toArray(String[]::new));
        assertThat(refused.err()).noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception in"));
        assertThat(refused.status()).as("%s", refused.err()).isEqualTo(status);
        assertThat(refused.out()).isEmpty();
        List<String> said = refused.err().stream()
                .filter(line -> line.startsWith("runstream: "))
                .toList();
        assertThat(said).as("%s", refused.err()).hasSize(1);
        return String.join(
                "\n",
                refused.err()
                        .subList(
                                refused.err().indexOf(said.getFirst()),
                                refused.err().size()));
    }
}
