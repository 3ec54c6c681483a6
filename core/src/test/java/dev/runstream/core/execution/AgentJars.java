package dev.runstream.core.execution;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Makes jars of agents, as a stranger would. */
final class AgentJars {
    static final String SERVICE = "META-INF/services/dev.runstream.core.agent.Agent";

    private AgentJars() {}

    /** An agent's source whose run does what is given. */
    static String source(String className, String agentName, String statements) {
        return """
                public class %s implements dev.runstream.core.agent.Agent {
                    public String name() { return "%s"; }
                    public String description() { return "for tests"; }
                    public void run(dev.runstream.core.agent.RunContext run) throws Exception { %s }
                }
                """.formatted(className, agentName, statements);
    }

    /** A jar of one agent that is compiled and named as a service. */
    static Path ofSource(Path jar, String className, String source) throws IOException {
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///" + className + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        return jar(jar, compile(List.of(file)), Map.of(SERVICE, className));
    }

    /** A jar of a folder of sources and other files. */
    static Path ofFolder(Path jar, Path folder) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> sources = new ArrayList<>();
        Map<String, String> others = new TreeMap<>();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (file.toString().endsWith(".java")) {
                    files.getJavaFileObjects(file).forEach(sources::add);
                } else {
                    others.put(folder.relativize(file).toString().replace('\\', '/'), Files.readString(file));
                }
            }
            return jar(jar, compile(sources), others);
        }
    }

    /** The classes of sources, by their names in a jar. */
    private static Map<String, byte[]> compile(List<JavaFileObject> sources) throws IOException {
        Path folder = Files.createTempDirectory("agent-classes");
        try {
            return compile(sources, folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Map<String, byte[]> compile(List<JavaFileObject> sources, Path folder) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        StringWriter output = new StringWriter();
        List<String> options =
                List.of("-cp", System.getProperty("java.class.path"), "-proc:none", "-d", folder.toString());
        if (!compiler.getTask(output, null, diagnostics, options, null, sources).call()) {
            throw new AssertionError(output + " " + diagnostics.getDiagnostics());
        }
        Map<String, byte[]> classes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                classes.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        return classes;
    }

    private static Path jar(Path jar, Map<String, byte[]> classes, Map<String, String> texts) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : classes.entrySet()) {
                entries.putNextEntry(new JarEntry(file.getKey()));
                entries.write(file.getValue());
            }
            for (Map.Entry<String, String> text : texts.entrySet()) {
                entries.putNextEntry(new JarEntry(text.getKey()));
                entries.write(text.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    /** A jar of texts alone. */
    static Path ofTexts(Path jar, Map<String, String> texts) throws IOException {
        return jar(jar, Map.of(), texts);
    }
}
