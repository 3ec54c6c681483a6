package dev.runstream.bullmq.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process of Node with queues and workers of one version of BullMQ; what its jobs do is told in {@code jobs.mjs}. It ends
 * with this JVM, whose end closes its standard input.
 *
 * <p>Safe for any thread.
 */
public final class NodeJobs implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final Pattern ANSWER = Pattern.compile("\\{\"id\":(\\d+),\"(answer|fault)\":(.*)}");

    private final Process process;
    private final Writer commands;
    private final Map<Integer, CompletableFuture<String>> asked = new ConcurrentHashMap<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final AtomicInteger numbers = new AtomicInteger();

    private NodeJobs(Process process) {
        this.process = process;
        commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        Thread.ofVirtual().start(this::listen);
    }

    /** Starts one, and waits until it can be told what to do. */
    public static NodeJobs start(int version, int redisPort) {
        return start(version, Integer.toString(redisPort));
    }

    /** @param redis where Redis is, as {@code jobs.mjs} takes it, and what its keys begin with, if that is not {@code bull} */
    public static NodeJobs start(int version, String... redis) {
        Path folder = installed();
        List<String> command =
                new ArrayList<>(List.of("node", folder.resolve("jobs.mjs").toString(), Integer.toString(version)));
        command.addAll(List.of(redis));
        try {
            NodeJobs jobs = new NodeJobs(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            await(jobs.ready);
            return jobs;
        } catch (IOException fault) {
            throw new UncheckedIOException("node cannot be started", fault);
        }
    }

    /** The folder of the script with its packages, which are installed where they are missing. */
    private static Path installed() {
        Path folder = folder();
        try (FileChannel lock = FileChannel.open(
                        folder.resolve("package.json"), StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            Path installed = folder.resolve("node_modules/.package-lock.json");
            Path wanted = folder.resolve("package-lock.json");
            boolean isFresh = Files.exists(installed)
                    && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) >= 0;
            if (!isFresh && held.isValid()) {
                int status = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                if (status != 0) {
                    throw new AssertionError("npm ci in " + folder + " ended with " + status);
                }
            }
            return folder;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static Path folder() {
        Path here = Path.of("").toAbsolutePath();
        Path module = here.endsWith("bullmq") ? here : here.resolveSibling("bullmq");
        return module.resolve("src/test/node");
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard(line);
            }
        } catch (IOException gone) {
            // Told below.
        }
        AssertionError ended = new AssertionError("the process of Node has ended");
        ready.completeExceptionally(ended);
        asked.values().forEach(answer -> answer.completeExceptionally(ended));
    }

    private void heard(String line) {
        Matcher answer = ANSWER.matcher(line);
        if (!answer.matches()) {
            ready.complete(line);
            return;
        }
        CompletableFuture<String> waiting = asked.remove(Integer.valueOf(answer.group(1)));
        if (waiting != null && answer.group(2).equals("answer")) {
            waiting.complete(answer.group(3));
        } else if (waiting != null) {
            waiting.completeExceptionally(new AssertionError("BullMQ: " + answer.group(3)));
        }
    }

    /**
     * Has something done, and waits for it.
     *
     * @param rest the other members of the command, with ' for "
     * @return the answer as JSON
     */
    public String tell(String operation, String rest) {
        int number = numbers.incrementAndGet();
        CompletableFuture<String> answer = new CompletableFuture<>();
        asked.put(number, answer);
        String members = rest.isEmpty() ? "" : "," + rest.replace('\'', '"');
        try {
            synchronized (commands) {
                commands.write("{\"id\":" + number + ",\"op\":\"" + operation + "\"" + members + "}\n");
                commands.flush();
            }
        } catch (IOException gone) {
            throw new AssertionError("the process of Node has ended", gone);
        }
        return await(answer);
    }

    private static String await(CompletableFuture<String> answer) {
        return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Puts a job in; its id. */
    public String add(String queue, String job, String data, String opts) {
        String id = tell("add", "'queue':'%s','job':'%s','data':%s,'opts':%s".formatted(queue, job, data, opts));
        return id.substring(1, id.length() - 1);
    }

    public String add(String queue, String job, String data) {
        return add(queue, job, data, "{}");
    }

    /** Starts a worker that takes jobs of a queue. */
    public void work(String queue) {
        work(queue, "{}");
    }

    public void work(String queue, String opts) {
        tell("work", "'queue':'%s','opts':%s".formatted(queue, opts));
    }

    /** Ends it as by {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
