package dev.runstream.app.config;

import dev.runstream.bullmq.QueueSettings;
import dev.runstream.core.run.RunSettings;
import dev.runstream.store.sqlite.SqliteSettings;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Every setting of `serve`, with its default. The order is that of the help. */
final class ServeSettings {
    private static final RunSettings RUNS = RunSettings.defaults();
    private static final Duration TENTH = Duration.ofMillis(100);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration DECADE = Duration.ofDays(3650);
    private static final long KB = 1L << 10;
    private static final long MB = 1L << 20;
    private static final long GB = 1L << 30;
    private static final long MOST_BYTES = 1L << 50;

    static final Setting<String> HOST = Setting.of("host", Addresses.HOST, "127.0.0.1", "The address to listen on.");
    static final Setting<Integer> PORT = Setting.of(
            "port", Addresses.PORT, 8080, "The port to listen on; 0 takes a free one. The ready line says which.");
    static final Setting<Boolean> INSECURE = Setting.of(
            "insecure",
            Kind.yesOrNo(),
            false,
            "Let --host be other than loopback. There is no authentication yet: whoever reaches the port can start, "
                    + "read and cancel every run.");
    static final Setting<String> BASE_PATH =
            Setting.of("base-path", Addresses.PATH, "/api/agents", "Where the API begins.");
    static final Setting<List<String>> CORS_ORIGIN = Setting.repeated(
            "cors-origin",
            Addresses.ORIGIN,
            "A web origin whose pages may call this server; * for every one. May be given more than once.");
    static final Setting<Integer> MAX_CONNECTIONS = Setting.computed(
            "max-connections",
            Kind.count(1, 10_000_000),
            new Default.Computed<>("from the file limit", Machine::mostConnections),
            "Streams open at once. Other requests always find room.");
    static final Setting<Transport> TRANSPORT = Setting.of(
            "transport",
            Kind.oneOf(List.of(Transport.values())),
            Transport.AUTO,
            "How sockets are spoken to: auto takes the best that this machine allows.");

    static final Setting<StoreKind> STORE = Setting.of(
            "store",
            StoreKind.KIND,
            new StoreKind.Sqlite(),
            "Where runs are kept: in one file, only in memory, or in a Redis that several servers and workers share: "
                    + "redis://, rediss://, redis+sentinel:// or rediss+sentinel://. Better in RUNSTREAM_STORE where it "
                    + "has a password.");
    static final Setting<Path> DATA = Setting.of(
            "data",
            new Kind<>("FOLDER", "a folder, which is made where it is missing", ServeSettings::path, Path::toString),
            Path.of("runstream-data"),
            "The folder of the file.");
    static final Setting<StoreSettings.Durability> DURABILITY = Setting.of(
            "durability",
            Kind.oneOf(List.of(StoreSettings.Durability.values())),
            StoreSettings.Durability.OS,
            "What an acknowledged event survives: os a crash of this process, fsync a power loss too (slower).");
    static final Setting<Long> MAX_DISK = Setting.of(
            "max-disk",
            Quantities.size(SqliteSettings.LEAST_MAX_DISK_BYTES, MOST_BYTES),
            10 * GB,
            "What the file may take. Past it the oldest ended runs go, then new runs are refused.");

    static final Setting<List<String>> BULLMQ = Setting.repeated(
            "bullmq",
            Kind.text("QUEUE", "the name of a queue, 1 to 60 of A-Z a-z 0-9 . _ ~ -", QueueSettings::isName),
            "A BullMQ queue to follow: each of its jobs is a run. Needs a redis:// store. May be given more than once.");
    static final Setting<String> BULLMQ_PREFIX = Setting.of(
            "bullmq-prefix",
            Kind.text("PREFIX", "a text that is not empty", text -> !text.isBlank()),
            "bull",
            "What BullMQ's keys begin with; on a Cluster with a hash tag, as in {bull}.");

    static final Setting<Path> AGENTS = Setting.optional(
            "agents",
            new Kind<>("FOLDER", "a folder that exists", ServeSettings::path, Path::toString),
            "A folder of agents to load, each a jar.");
    static final Setting<Integer> MAX_RUNNING = Setting.computed(
            "max-running",
            Kind.count(0, 100_000),
            new Default.Computed<>("cores x 4", machine -> machine.cores() * 4),
            "Agents at work at once in this process; 0 for none here. Further runs wait in line.");
    static final Setting<Integer> MAX_RUNS = Setting.of(
            "max-runs",
            Kind.count(1, 10_000_000),
            RUNS.maxOpenRuns(),
            "Runs that have not ended, at once; further ones are refused.");
    static final Setting<URI> LLM_BASE_URL = Setting.optional(
            "llm-base-url",
            Addresses.HTTP_URL,
            "The OpenAI-compatible endpoint of the llm agent, such as https://api.example.com/v1. Its key is taken "
                    + "from RUNSTREAM_LLM_API_KEY only.");
    static final Setting<String> LLM_MODEL = Setting.optional(
            "llm-model",
            Kind.text("MODEL", "the name of a model", text -> !text.isBlank()),
            "The model it is asked for.");
    static final Setting<Duration> LLM_TIMEOUT = Setting.of(
            "llm-timeout",
            Quantities.duration(TENTH, DAY),
            dev.runstream.agents.llm.LlmSettings.DEFAULT_SILENCE,
            "How long the model's endpoint may be silent, before or in an answer.");

    static final Setting<Duration> KEEPALIVE = Setting.of(
            "keepalive",
            Quantities.duration(TENTH, HOUR),
            Duration.ofSeconds(25),
            "A comment is sent after so long without a byte. Proxies want at most 30s.");
    static final Setting<Duration> IDLE_TIMEOUT = Setting.of(
            "idle-timeout",
            Quantities.duration(TENTH, DAY),
            Duration.ofMinutes(5),
            "A stream without an event for so long is closed; the run goes on.");
    static final Setting<Duration> SLOW_READER_TIMEOUT = Setting.of(
            "slow-reader-timeout",
            Quantities.duration(TENTH, HOUR),
            Duration.ofSeconds(30),
            "A reader that takes nothing for so long is cut.");

    static final Setting<Duration> CANCEL_GRACE = Setting.of(
            "cancel-grace",
            Quantities.duration(Duration.ZERO, DAY),
            RUNS.cancelGrace(),
            "So long after a cancel a run ends whatever its worker does.");
    static final Setting<Duration> DISCONNECT_GRACE = Setting.of(
            "disconnect-grace",
            Quantities.duration(Duration.ZERO, DAY),
            RUNS.disconnectGrace(),
            "How long the last reader may be gone before a run that wants it is cancelled.");
    static final Setting<Duration> LEASE = Setting.of(
            "lease",
            Quantities.duration(TENTH, DAY),
            RUNS.lease(),
            "How long a worker elsewhere may be silent, unless the run says otherwise.");
    static final Setting<Duration> MAX_RUN_TIME = Setting.of(
            "max-run-time",
            Quantities.durationOrNone(TENTH, DECADE),
            RUNS.maxRunTime(),
            "How long a run may take; a run may ask for less.");
    static final Setting<Duration> RETAIN_ENDED = Setting.of(
            "retain-ended",
            Quantities.duration(TENTH, DECADE),
            RUNS.retainEnded(),
            "How long an ended run can still be read.");
    static final Setting<Duration> DRAIN = Setting.of(
            "drain",
            Quantities.duration(Duration.ZERO, HOUR),
            Duration.ofSeconds(8),
            "How long agents get to end when the process stops.");

    static final Setting<Long> MAX_EVENT =
            Setting.of("max-event", Quantities.size(KB, 64 * MB), (long) RUNS.maxEventBytes(), "The largest event.");
    static final Setting<Long> MAX_INPUT =
            Setting.of("max-input", Quantities.size(KB, 64 * MB), MB, "The largest input of a run.");
    static final Setting<Long> RUN_BUFFER = Setting.of(
            "run-buffer",
            Quantities.size(4 * KB, MOST_BYTES),
            RUNS.runBufferBytes(),
            "What the events of one run may take, at least 4 x --max-event. Past it the oldest go.");
    static final Setting<Long> TOTAL_BUFFER = Setting.computed(
            "total-buffer",
            Quantities.size(4 * KB, MOST_BYTES),
            new Default.Computed<>("a quarter of the memory given", Machine::defaultTotalBuffer),
            "What the events of all runs may take in memory.");

    static final Setting<LogFormat> LOG_FORMAT = Setting.of(
            "log-format",
            Kind.oneOf(List.of(LogFormat.values())),
            LogFormat.TEXT,
            "How the log on standard error looks.");

    static final List<Group> GROUPS = List.of(
            new Group(
                    "Where to listen",
                    List.of(HOST, PORT, INSECURE, BASE_PATH, CORS_ORIGIN, MAX_CONNECTIONS, TRANSPORT)),
            new Group("Where runs are kept", List.of(STORE, DATA, DURABILITY, MAX_DISK, RETAIN_ENDED)),
            new Group(
                    "Agents",
                    List.of(AGENTS, MAX_RUNNING, LLM_BASE_URL, LLM_MODEL, LLM_TIMEOUT, BULLMQ, BULLMQ_PREFIX)),
            new Group("Runs", List.of(MAX_RUNS, MAX_RUN_TIME, MAX_INPUT, LEASE, CANCEL_GRACE, DISCONNECT_GRACE, DRAIN)),
            new Group("Streams", List.of(KEEPALIVE, IDLE_TIMEOUT, SLOW_READER_TIMEOUT)),
            new Group("Memory", List.of(MAX_EVENT, RUN_BUFFER, TOTAL_BUFFER)),
            new Group("Log", List.of(LOG_FORMAT)));

    private ServeSettings() {}

    private static Optional<Path> path(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException notOne) {
            return Optional.empty();
        }
    }

    /** Settings that the help shows together. */
    record Group(String heading, List<Setting<?>> settings) {}
}
