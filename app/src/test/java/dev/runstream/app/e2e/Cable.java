package dev.runstream.app.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two network namespaces of their own (Linux) and a pair of virtual interfaces that joins them. Nothing of the machine's
 * own network is touched, and all of it is gone with the two processes that hold the namespaces.
 */
final class Cable implements Link {
    /** Of the addresses for documentation, which nobody has. */
    private static final String SERVER = "192.0.2.1";

    private static final String READER = "192.0.2.2";
    private static final String HOLD = "echo held; exec cat";

    private final List<String> atServer;
    private final List<String> atReader;
    private final List<Process> started;

    /** That namespaces cannot be made here. */
    static final class NotAllowedException extends Exception {
        private static final long serialVersionUID = 1;

        NotAllowedException(IOException cause) {
            super(cause);
        }
    }

    private Cable(List<String> atServer, List<String> atReader, List<Process> started) {
        this.atServer = atServer;
        this.atReader = atReader;
        this.started = started;
    }

    static Cable lay() throws NotAllowedException {
        List<Process> started = new ArrayList<>();
        try {
            return lay(started);
        } catch (IOException notHere) {
            started.forEach(Process::destroyForcibly);
            throw new NotAllowedException(notHere);
        }
    }

    private static Cable lay(List<Process> started) throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> unshare = root
                ? List.of("unshare", "--net", "sh", "-c", HOLD)
                : List.of("unshare", "--user", "--map-root-user", "--net", "sh", "-c", HOLD);
        List<String> atServer = enter(hold(unshare, started), root);
        long reader = hold(joined(atServer, "unshare", "--net", "sh", "-c", HOLD), started);
        List<String> atReader = enter(reader, root);
        must(joined(atServer, "ip", "link", "set", "lo", "up"));
        must(joined(atServer, "ip", "link", "add", "near", "type", "veth", "peer", "name", "far"));
        must(joined(atServer, "ip", "link", "set", "far", "netns", Long.toString(reader)));
        must(joined(atServer, "ip", "address", "add", SERVER + "/30", "dev", "near"));
        must(joined(atServer, "ip", "link", "set", "near", "up"));
        must(joined(atReader, "ip", "address", "add", READER + "/30", "dev", "far"));
        must(joined(atReader, "ip", "link", "set", "far", "up"));
        return new Cable(atServer, atReader, started);
    }

    private static List<String> enter(long pid, boolean root) {
        List<String> enter = new ArrayList<>(List.of("nsenter", "--target", Long.toString(pid), "--net"));
        if (!root) {
            enter.addAll(List.of("--user", "--preserve-credentials"));
        }
        return enter;
    }

    private static List<String> joined(List<String> begin, String... end) {
        List<String> command = new ArrayList<>(begin);
        command.addAll(List.of(end));
        return command;
    }

    /** Starts a process that holds a namespace until it is ended, or this process is. */
    private static long hold(List<String> command, List<Process> started) throws IOException {
        Process holder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(holder);
        BufferedReader out = new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        if (out.readLine() == null) {
            throw new IOException(command + " has failed");
        }
        return holder.pid();
    }

    private static void must(List<String> command) throws IOException {
        try {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new IOException(command + " ended with " + status);
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public ServerProcess startServer(Path data, String... flags) {
        List<String> all = new ArrayList<>(List.of("--host", SERVER, "--insecure"));
        all.addAll(List.of(flags));
        return ServerProcess.startWithin(atServer, data, 0, Map.of(), all.toArray(String[]::new));
    }

    @Override
    public InputStream follow(ServerProcess server, String runId) throws IOException {
        String stream = server.address().resolve("/api/agents/stream/" + runId).toString();
        Process reader = new ProcessBuilder(joined(atReader, "curl", "-sSN", "--noproxy", "*", stream))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(reader);
        return reader.getInputStream();
    }

    @Override
    public void goDown() throws IOException {
        must(joined(atReader, "ip", "link", "set", "far", "down"));
    }

    @Override
    public boolean showsSilence() {
        return true;
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }
}
