package dev.runstream.core.execution;

import dev.runstream.core.agent.Agent;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.JarFile;

/** One jar of the agents' folder, open under a class loader of its own. */
final class AgentJar implements AutoCloseable {
    private static final String SERVICE = "META-INF/services/" + Agent.class.getName();

    private final Path file;
    private final URLClassLoader loader;
    private final List<Agent> agents;

    private AgentJar(Path file, URLClassLoader loader, List<Agent> agents) {
        this.file = file;
        this.loader = loader;
        this.agents = agents;
    }

    /** @throws AgentLoadException if the file is no jar, names no agent, or an agent of it cannot be made */
    static AgentJar open(Path file, ClassLoader visible) {
        requireService(file);
        URLClassLoader loader = loaderOf(file, visible);
        try {
            return new AgentJar(file, loader, agentsOf(file, loader));
        } catch (AgentLoadException fault) {
            closeAfter(fault, loader);
            throw fault;
        }
    }

    private static void requireService(Path file) {
        boolean present;
        try (JarFile jar = new JarFile(file.toFile())) {
            present = jar.getEntry(SERVICE) != null;
        } catch (IOException fault) {
            throw new AgentLoadException(
                    file + " cannot be read as a jar (" + fault.getMessage() + "): build it anew or take it out",
                    fault);
        }
        if (!present) {
            throw noAgent(file);
        }
    }

    private static AgentLoadException noAgent(Path file) {
        return new AgentLoadException(file + " names no agent: put a file " + SERVICE
                + " into it that holds the full name of the agent's class, or take the jar out");
    }

    private static URLClassLoader loaderOf(Path file, ClassLoader visible) {
        try {
            URL[] own = {file.toUri().toURL()};
            return new URLClassLoader("agent jar " + file.getFileName(), own, visible);
        } catch (IOException fault) {
            throw new AgentLoadException(file + " cannot be opened", fault);
        }
    }

    private static List<Agent> agentsOf(Path file, ClassLoader loader) {
        List<Agent> found = new ArrayList<>();
        try {
            ServiceLoader.load(Agent.class, loader).forEach(found::add);
        } catch (ServiceConfigurationError | LinkageError fault) {
            throw new AgentLoadException(file + " does not load: " + LoadFaults.explain(fault), fault);
        }
        if (found.isEmpty()) {
            throw noAgent(file);
        }
        return List.copyOf(found);
    }

    private static void closeAfter(AgentLoadException fault, URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException second) {
            fault.addSuppressed(second);
        }
    }

    Path file() {
        return file;
    }

    List<Agent> agents() {
        return agents;
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
