package dev.runstream.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Jars of agents for a server's folder. */
final class AgentJars {
    private AgentJars() {}

    /** Puts an agent into a folder as {@code Probe.jar}; its run does what is given. */
    static Path put(Path folder, String agentName, String statements) throws IOException {
        Path scratch = Files.createTempDirectory("agent");
        try {
            return put(folder, scratch, agentName, statements);
        } finally {
            try (Stream<Path> files = Files.list(scratch)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(scratch);
        }
    }

    private static Path put(Path folder, Path scratch, String agentName, String statements) throws IOException {
        Path source = scratch.resolve("Probe.java");
        Files.writeString(source, """
                public class Probe implements dev.runstream.core.agent.Agent {
                    public String name() { return "%s"; }
                    public String description() { return "for tests"; }
                    public void run(dev.runstream.core.agent.RunContext run) throws Exception { %s }
                }
                """.formatted(agentName, statements));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int status = compiler.run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                scratch.toString(),
                source.toString());
        assertThat(status).isZero();
        Path jar = folder.resolve("Probe.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file)) {
            entries.putNextEntry(new JarEntry("Probe.class"));
            entries.write(Files.readAllBytes(scratch.resolve("Probe.class")));
            entries.putNextEntry(new JarEntry("META-INF/services/dev.runstream.core.agent.Agent"));
            entries.write("Probe".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }
}
