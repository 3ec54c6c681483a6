package dev.runstream.app.config;

import static dev.runstream.app.config.ServeSettings.*;

import dev.runstream.app.config.LlmSettings.ApiKey;
import dev.runstream.core.run.RunSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes a {@link ServeConfiguration} of what was given, and checks what no setting can tell by itself. */
final class ServeReader {
    private static final String API_KEY = "RUNSTREAM_LLM_API_KEY";
    /** What may stand in a header. */
    private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

    private final GivenSettings given;
    private final Map<String, String> environment;

    ServeReader(Map<String, List<String>> flags, Map<String, String> environment, Machine machine) {
        this.given = new GivenSettings(flags, environment, machine);
        this.environment = environment;
    }

    ServeOutcome read() {
        ServeConfiguration read = new ServeConfiguration(
                listen(),
                streams(),
                runs(),
                store(),
                agents(),
                Math.toIntExact(given.get(MAX_INPUT)),
                totalBuffer(),
                given.get(DRAIN),
                given.get(LOG_FORMAT));
        return given.complaints().isEmpty()
                ? new ServeOutcome.Accepted(read)
                : new ServeOutcome.Refused(given.complaints());
    }

    private ListenSettings listen() {
        String host = given.get(HOST);
        boolean insecure = given.get(INSECURE);
        if (!Addresses.isLoopback(host) && !insecure) {
            given.complain(given.saidOf(HOST, host) + ", which others can reach, and there is no authentication yet:"
                    + " whoever reaches the port could start, read and cancel every run. Allowed is a loopback address"
                    + " such as 127.0.0.1, or any address together with --insecure.");
        }
        int maxConnections = given.get(MAX_CONNECTIONS);
        int most = given.machine().mostConnections();
        if (maxConnections > most) {
            given.complain(given.saidOf(MAX_CONNECTIONS, maxConnections) + "; allowed is at most "
                    + Quantities.showCount(most) + ", because this process may open "
                    + Quantities.showCount(given.machine().openFiles())
                    + " files and sockets (ulimit -n raises that).");
        }
        return new ListenSettings(
                host,
                given.get(PORT),
                insecure,
                given.get(BASE_PATH),
                given.all(CORS_ORIGIN),
                given.get(TRANSPORT),
                maxConnections);
    }

    /** Tells of a keepalive that never comes only who asked for both: a short idle timeout alone does no harm. */
    private StreamSettings streams() {
        Duration keepalive = given.get(KEEPALIVE);
        Duration idle = given.get(IDLE_TIMEOUT);
        if (given.isGiven(KEEPALIVE) && given.isGiven(IDLE_TIMEOUT) && keepalive.compareTo(idle) >= 0) {
            given.complain(given.saidOf(KEEPALIVE, keepalive) + "; allowed is less than " + given.nameOf(IDLE_TIMEOUT)
                    + ", which is " + Quantities.showDuration(idle) + ".");
        }
        return new StreamSettings(keepalive, idle, given.get(SLOW_READER_TIMEOUT));
    }

    private RunSettings runs() {
        long maxEvent = given.get(MAX_EVENT);
        long runBuffer = given.get(RUN_BUFFER);
        if (runBuffer < 4 * maxEvent) {
            given.complain(given.saidOf(RUN_BUFFER, runBuffer) + "; allowed is at least 4 x " + given.nameOf(MAX_EVENT)
                    + ", which is " + Quantities.showSize(4 * maxEvent) + ".");
        }
        return new RunSettings(
                Math.toIntExact(maxEvent),
                runBuffer,
                given.get(MAX_RUNS),
                given.get(LEASE),
                given.get(CANCEL_GRACE),
                given.get(DISCONNECT_GRACE),
                given.get(MAX_RUN_TIME),
                given.get(RETAIN_ENDED));
    }

    private long totalBuffer() {
        long totalBuffer = given.get(TOTAL_BUFFER);
        long least = 4 * given.get(MAX_EVENT);
        long direct = given.machine().directBytes();
        if (totalBuffer < least) {
            given.complain(given.saidOf(TOTAL_BUFFER, totalBuffer) + "; allowed is at least 4 x "
                    + given.nameOf(MAX_EVENT) + ", which is " + Quantities.showSize(least) + ".");
        } else if (totalBuffer > direct) {
            given.complain(given.saidOf(TOTAL_BUFFER, totalBuffer) + "; allowed is at most "
                    + Quantities.showSize(direct) + ", the direct memory of this JVM (RUNSTREAM_MEMORY or"
                    + " -XX:MaxDirectMemorySize raises that).");
        }
        return totalBuffer;
    }

    private StoreSettings store() {
        Path folder = given.get(DATA);
        StoreSettings.Durability durability = given.get(DURABILITY);
        long maxDisk = given.get(MAX_DISK);
        List<String> queues = given.all(BULLMQ);
        given.get(BULLMQ_PREFIX);
        StoreKind kind = given.get(STORE);
        if (!queues.isEmpty() && !(kind instanceof StoreKind.Redis)) {
            given.complain(given.saidOf(BULLMQ, queues) + "; allowed is a queue only together with --store redis://…,"
                    + " because that is where queues live.");
        }
        return switch (kind) {
            case StoreKind.Memory memory -> new StoreSettings.Memory();
            case StoreKind.Sqlite sqlite -> {
                if (Files.exists(folder) && !Files.isDirectory(folder)) {
                    given.complain(given.saidOf(DATA, folder) + ", which is no folder; allowed is "
                            + DATA.kind().allowed() + ".");
                }
                yield new StoreSettings.Sqlite(folder, durability, maxDisk);
            }
            case StoreKind.Redis redis -> {
                given.complain(given.saidOf(STORE, redis) + ", which this version cannot do yet; allowed is sqlite or"
                        + " memory.");
                yield new StoreSettings.Memory();
            }
        };
    }

    private AgentSettings agents() {
        Optional<Path> folder = given.find(AGENTS);
        folder.filter(path -> !Files.isDirectory(path))
                .ifPresent(path -> given.complain(given.nameOf(AGENTS) + " is '" + path + "', "
                        + (Files.exists(path) ? "which is no folder" : "which does not exist") + "; allowed is "
                        + AGENTS.kind().allowed() + "."));
        return new AgentSettings(folder, given.get(MAX_RUNNING), llm());
    }

    private Optional<LlmSettings> llm() {
        Optional<URI> url = given.find(LLM_BASE_URL);
        Optional<String> model = given.find(LLM_MODEL);
        Optional<ApiKey> key = Optional.ofNullable(environment.get(API_KEY))
                .filter(text -> !text.isEmpty())
                .map(ApiKey::new);
        if (key.isPresent() && !VISIBLE.matcher(key.get().value()).matches()) {
            given.complain(API_KEY + " is not shown here; allowed are visible ASCII characters without spaces.");
        }
        if (model.isPresent() && !given.isGiven(LLM_BASE_URL)) {
            given.complain(given.saidOf(LLM_MODEL, model.get()) + "; allowed is a model only together with "
                    + LLM_BASE_URL.flag() + ".");
        }
        Duration silence = given.get(LLM_TIMEOUT);
        return url.map(address -> new LlmSettings(address, model, key, silence));
    }
}
