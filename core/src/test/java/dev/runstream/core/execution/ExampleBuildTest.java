package dev.runstream.core.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.agent.Agent;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The example agent, copied to a folder of its own as its guide says, and built against a distribution. */
@Timeout(60)
final class ExampleBuildTest {
    private static final Path EXAMPLE = Path.of("..", "examples", "word-count-agent");

    @TempDir
    private Path temp;

    private Path agent;

    @BeforeEach
    void copyTheExampleAndLayOutADistribution() throws Exception {
        agent = copy(EXAMPLE, temp.resolve("my agent"));
        Path lib = Files.createDirectories(temp.resolve("distribution").resolve("lib"));
        jarOf(Agent.class, lib.resolve("runstream-core.jar"));
        jarOf(Logger.class, lib.resolve("slf4j-api.jar"));
        for (String tool : List.of("javac", "jar")) {
            Path tooOld = Files.writeString(
                    Files.createDirectories(temp.resolve("path")).resolve(tool), "#!/bin/sh\nexit 2\n");
            assertThat(tooOld.toFile().setExecutable(true)).isTrue();
        }
    }

    @Test
    void buildsAJarThatIsNamedAfterItsFolderAndLoads() throws Exception {
        Built built = build("../distribution");
        assertThat(built.status()).as(built.said()).isZero();
        try (AgentRegistry registry = AgentRegistry.load(List.of(), Optional.of(agent.resolve("target")))) {
            assertThat(registry.find("word-count")).isPresent();
        }
        assertThat(agent.resolve("target").resolve("my agent.jar")).isRegularFile();
    }

    @Test
    void doesNotCompileAgainstWhatAnAgentCannotSee() throws Exception {
        Files.writeString(
                agent.resolve("src").resolve("Wrong.java"),
                "class Wrong { com.fasterxml.jackson.databind.ObjectMapper mapper; }\n");
        assertThat(build("../distribution").said()).contains("com.fasterxml.jackson.databind does not exist");
        Files.writeString(agent.resolve("src").resolve("Wrong.java"), "class Right { org.slf4j.Logger log; }\n");
        assertThat(build("../distribution").status()).isZero();
    }

    @Test
    void asksForTheFolderOfRunstreamWhereItIsNotAmongItsExamples() throws Exception {
        for (Built lost : List.of(build(), build("."))) {
            assertThat(lost.status()).isEqualTo(2);
            assertThat(lost.said()).contains("There is no Runstream in ", "./build.sh /path/to/runstream");
        }
    }

    private record Built(int status, String said) {}

    /** The JDK is found by JAVA_HOME alone. */
    private Built build(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "build.sh"));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(agent.toFile()).redirectErrorStream(true);
        builder.environment()
                .merge("PATH", temp.resolve("path").toString(), (old, fake) -> fake + File.pathSeparator + old);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Built(process.waitFor(), said);
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file :
                    all.filter(path -> !path.startsWith(from.resolve("target"))).toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    /** The classes that a class came with, whether they lie in a jar or in a folder. */
    private static void jarOf(Class<?> one, Path jar) throws IOException, URISyntaxException {
        Path source =
                Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isRegularFile(source)) {
            Files.copy(source, jar);
            return;
        }
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file);
                Stream<Path> all = Files.walk(source)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new JarEntry(source.relativize(each).toString()));
                Files.copy(each, entries);
            }
        }
    }
}
