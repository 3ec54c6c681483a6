package dev.runstream.core.execution;

import static dev.runstream.core.execution.TestAgent.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.json.JsonBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentRegistryTest {
    @TempDir
    Path folder;

    private AgentRegistry load(Agent... given) {
        return AgentRegistry.load(List.of(given), Optional.of(folder));
    }

    private AbstractThrowableAssert<?, ?> assertRefused(Agent... given) {
        return assertThatThrownBy(() -> load(given)).isInstanceOf(AgentLoadException.class);
    }

    @Test
    void findsAgentsOfAJarBesideThoseGiven() throws IOException {
        AgentJars.ofSource(folder.resolve("a.jar"), "A", AgentJars.source("A", "from-jar", ""));
        Files.writeString(folder.resolve("notes.txt"), "no jar");
        try (AgentRegistry registry = load(named("given", run -> {}))) {
            assertThat(registry.all()).containsOnlyKeys("from-jar", "given");
            assertThat(registry.find("from-jar")).isPresent();
            assertThat(registry.find("nobody")).isEmpty();
        }
    }

    @Test
    void showsAJarTheJdkTheCoreAndSlf4jButNothingElseOfTheProgram() throws Exception {
        String seen = """
                java.util.List<Object> seen = new java.util.ArrayList<>();
                for (String name : new String[] {
                        "java.net.http.HttpClient", "java.sql.Connection", "org.slf4j.Logger",
                        "dev.runstream.core.run.RunStore", "com.fasterxml.jackson.databind.ObjectMapper",
                        "org.junit.jupiter.api.Test"}) {
                    try {
                        Class.forName(name);
                        seen.add(name);
                    } catch (ClassNotFoundException hidden) {
                    }
                }
                seen.add(Thread.currentThread().getContextClassLoader() == getClass().getClassLoader());
                run.complete(seen);""";
        AgentJars.ofSource(folder.resolve("a.jar"), "A", AgentJars.source("A", "looks", seen));
        try (AgentRegistry registry = load();
                AgentsAtWork at = new AgentsAtWork(
                        new ManualTime(), registry.find("looks").orElseThrow())) {
            assertThat(at.endOf(at.start("looks", "{}")))
                    .isEqualTo("complete [\"java.net.http.HttpClient\",\"java.sql.Connection\",\"org.slf4j.Logger\","
                            + "\"dev.runstream.core.run.RunStore\",true]");
        }
    }

    @Test
    void letsTwoJarsBringAClassOfTheSameName() throws IOException {
        AgentJars.ofSource(folder.resolve("a.jar"), "Same", AgentJars.source("Same", "one", ""));
        AgentJars.ofSource(folder.resolve("b.jar"), "Same", AgentJars.source("Same", "two", ""));
        try (AgentRegistry registry = load()) {
            assertThat(registry.all()).containsOnlyKeys("one", "two");
        }
    }

    @Test
    void refusesAFileThatIsNoJar() throws IOException {
        Files.writeString(folder.resolve("broken.jar"), "not a zip");
        assertRefused().hasMessageContaining("broken.jar").hasMessageContaining("cannot be read as a jar");
    }

    @Test
    void refusesAJarWithoutAnAgent() throws IOException {
        AgentJars.ofTexts(folder.resolve("empty.jar"), Map.of("a.txt", ""));
        assertRefused().hasMessageContaining("empty.jar").hasMessageContaining(AgentJars.SERVICE);
        AgentJars.ofTexts(folder.resolve("empty.jar"), Map.of(AgentJars.SERVICE, "# nobody\n"));
        assertRefused().hasMessageContaining("empty.jar").hasMessageContaining(AgentJars.SERVICE);
    }

    @Test
    void refusesAJarThatNamesAClassItDoesNotHold() throws IOException {
        AgentJars.ofTexts(folder.resolve("a.jar"), Map.of(AgentJars.SERVICE, "no.such.Agent"));
        assertRefused().hasMessageContaining("a.jar").hasMessageContaining("no.such.Agent");
    }

    @Test
    void refusesAnAgentThatNeedsWhatItsJarDoesNotHold() throws IOException {
        String source = AgentJars.source("A", "a", "")
                .replace(
                        "public String name()",
                        "private final com.fasterxml.jackson.databind.ObjectMapper mapper ="
                                + " new com.fasterxml.jackson.databind.ObjectMapper(); public String name()");
        AgentJars.ofSource(folder.resolve("a.jar"), "A", source);
        assertRefused()
                .hasMessageContaining("a.jar")
                .hasMessageContaining("com.fasterxml.jackson.databind.ObjectMapper")
                .hasMessageContaining("put the class into the jar");
    }

    @Test
    void refusesAnAgentWhoseConstructorFails() throws IOException {
        String source = AgentJars.source("A", "a", "")
                .replace(
                        "public String name()",
                        "public A() { throw new IllegalStateException(\"no licence\"); }" + " public String name()");
        AgentJars.ofSource(folder.resolve("a.jar"), "A", source);
        assertRefused().hasMessageContaining("a.jar").hasMessageContaining("no licence");
    }

    @Test
    void refusesANameThatIsInvalidOrReserved() throws IOException {
        AgentJars.ofSource(folder.resolve("a.jar"), "A", AgentJars.source("A", "Not Valid", ""));
        assertRefused().hasMessageContaining("a.jar").hasMessageContaining("Not Valid");
        AgentJars.ofSource(folder.resolve("a.jar"), "A", AgentJars.source("A", "external", ""));
        assertRefused().hasMessageContaining("a.jar").hasMessageContaining("external");
    }

    @Test
    void refusesANameThatIsTakenTwiceAndNamesBothFiles() throws IOException {
        AgentJars.ofSource(folder.resolve("a.jar"), "A", AgentJars.source("A", "same", ""));
        AgentJars.ofSource(folder.resolve("b.jar"), "B", AgentJars.source("B", "same", ""));
        assertRefused()
                .hasMessageContaining("a.jar")
                .hasMessageContaining("b.jar")
                .hasMessageContaining("same");
        Files.delete(folder.resolve("b.jar"));
        assertRefused(named("same", run -> {}))
                .hasMessageContaining("a.jar")
                .hasMessageContaining("the program itself");
    }

    @Test
    void refusesAFolderThatIsNotThere() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> AgentRegistry.load(List.of(), Optional.of(missing)))
                .isInstanceOf(AgentLoadException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void runsTheExampleThatAStrangerCopies() throws IOException {
        Path example = Path.of("..", "examples", "word-count-agent", "src");
        AgentJars.ofFolder(folder.resolve("word-count.jar"), example);
        try (AgentRegistry registry = load()) {
            Agent agent = registry.find("word-count").orElseThrow();
            JsonBytes wrong = JsonBytes.trusted("{\"txt\":\"\"}".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> agent.check(new JsonInput(wrong, new JacksonCodec())))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("text: ");
            try (AgentsAtWork at = new AgentsAtWork(new ManualTime(), agent)) {
                List<String> events = at.eventsOf(at.start("word-count", "{\"text\":\"to be or\\nnot to be\"}"));
                assertThat(events).contains("delta {\"line\":1,\"words\":3}", "delta {\"line\":2,\"words\":3}");
                assertThat(events.getLast())
                        .isEqualTo("complete {\"lines\":2,\"words\":6,\"different\":4,"
                                + "\"most\":{\"be\":2,\"to\":2,\"not\":1,\"or\":1}}");
            }
        }
    }
}
