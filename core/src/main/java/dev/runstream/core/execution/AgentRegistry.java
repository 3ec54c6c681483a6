package dev.runstream.core.execution;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.run.RunSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agents that runs can be started of, by name. Immutable but for {@link #close}, and safe for any thread. */
public final class AgentRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRegistry.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,64}");
    private static final String BUILT_IN = "the program itself";

    private record Entry(Agent agent, String source) {}

    private final Map<String, Entry> entries = new TreeMap<>();
    private final List<AgentJar> jars = new ArrayList<>();

    private AgentRegistry() {}

    /** The agents that a class path names as services.
     *
     * @throws AgentLoadException if one of them cannot be made
     */
    public static List<Agent> onClassPath(ClassLoader loader) {
        List<Agent> found = new ArrayList<>();
        try {
            ServiceLoader.load(Agent.class, loader).forEach(found::add);
        } catch (ServiceConfigurationError | LinkageError fault) {
            throw new AgentLoadException(
                    "an agent of " + BUILT_IN + " does not load: " + LoadFaults.explain(fault), fault);
        }
        return found;
    }

    /**
     * Takes the agents given, and those of every jar in a folder. Blocks while it reads the jars.
     *
     * <p>Each jar has a class loader of its own, which sees the JDK, {@code dev.runstream.core}, {@code org.slf4j} and the
     * jar's own classes. Files of other kinds are passed over, folders too.
     *
     * @throws AgentLoadException if the folder or one of its jars cannot be used, or a name is invalid or taken twice
     */
    public static AgentRegistry load(List<? extends Agent> given, Optional<Path> folder) {
        AgentRegistry registry = new AgentRegistry();
        try {
            given.forEach(agent -> registry.add(agent, BUILT_IN));
            folder.ifPresent(registry::addJars);
            return registry;
        } catch (AgentLoadException fault) {
            registry.close();
            throw fault;
        }
    }

    private void addJars(Path folder) {
        ClassLoader visible = new CoreOnlyLoader(AgentRegistry.class.getClassLoader());
        for (Path file : jarsIn(folder)) {
            AgentJar jar = AgentJar.open(file, visible);
            jars.add(jar);
            jar.agents().forEach(agent -> add(agent, file.toString()));
        }
    }

    private static List<Path> jarsIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new AgentLoadException(folder + " is no folder: create it, or name the folder that holds the agents");
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, AgentRegistry::isJar)) {
            entries.forEach(files::add);
        } catch (IOException fault) {
            throw new AgentLoadException(folder + " cannot be read: " + fault.getMessage(), fault);
        }
        files.sort(null);
        return files;
    }

    private static boolean isJar(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".jar") && !Files.isDirectory(file);
    }

    private void add(Agent agent, String source) {
        String name = validName(agent, source);
        Entry taken = entries.putIfAbsent(name, new Entry(agent, source));
        if (taken != null) {
            throw new AgentLoadException(source + " brings an agent \"" + name + "\", but " + taken.source()
                    + " has one of that name already: rename one of them or take it out");
        }
    }

    /** A foreign agent's answers are not trusted to be what its types say. */
    private static String validName(Agent agent, String source) {
        String whose = source + ": the agent " + agent.getClass().getName();
        try {
            String name = String.valueOf(agent.name());
            if (!NAME.matcher(name).matches()) {
                throw new AgentLoadException(
                        whose + " calls itself \"" + name + "\": a name is 1–64 characters of a-z 0-9 . _ -");
            }
            if (name.equals(RunSpec.EXTERNAL)) {
                throw new AgentLoadException(
                        whose + " calls itself \"external\", which stands for workers elsewhere: rename it");
            }
            if (String.valueOf(agent.description()).isBlank() || agent.attempts() < 1) {
                throw new AgentLoadException(whose + " needs a description, and at least 1 attempt");
            }
            return name;
        } catch (AgentLoadException fault) {
            throw fault;
        } catch (RuntimeException | LinkageError fault) {
            throw new AgentLoadException(whose + " does not say its name: " + LoadFaults.explain(fault), fault);
        }
    }

    /** The agent of this name; empty where there is none. */
    public Optional<Agent> find(String name) {
        return Optional.ofNullable(entries.get(name)).map(Entry::agent);
    }

    /** Every agent by its name, in the order of the names. */
    public Map<String, Agent> all() {
        Map<String, Agent> agents = new TreeMap<>();
        entries.forEach((name, entry) -> agents.put(name, entry.agent()));
        return agents;
    }

    /** Closes the jars: call it when no agent runs any more. */
    @Override
    public void close() {
        for (AgentJar jar : jars) {
            try {
                jar.close();
            } catch (IOException fault) {
                LOG.warn("{} could not be closed", jar.file(), fault);
            }
        }
    }
}
