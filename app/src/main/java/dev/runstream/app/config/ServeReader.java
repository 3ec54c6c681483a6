package dev.runstream.app.config;

import static dev.runstream.app.config.ServeSettings.*;

import dev.runstream.bullmq.QueueSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a {@link ServeConfiguration} of what was given, and checks what no setting can tell by itself. */
final class ServeReader {
    private final GivenSettings given;
    private final Map<String, String> environment;

    ServeReader(Map<String, List<String>> flags, Map<String, String> environment, Machine machine) {
        this.given = new GivenSettings(flags, environment, machine);
        this.environment = environment;
    }

    Outcome<ServeConfiguration> read() {
        WorkReader work = new WorkReader(given, environment);
        ServeConfiguration read = new ServeConfiguration(
                listen(),
                streams(),
                Math.toIntExact(given.get(MAX_INPUT)),
                queues(),
                work.read(store(work), given.get(MAX_RUNNING)));
        return given.complaints().isEmpty() ? new Outcome.Accepted<>(read) : new Outcome.Refused<>(given.complaints());
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

    private Optional<QueueSettings> queues() {
        List<String> queues = given.all(BULLMQ).stream().distinct().toList();
        String prefix = given.get(BULLMQ_PREFIX);
        if (queues.isEmpty()) {
            return Optional.empty();
        }
        if (!(given.get(STORE) instanceof StoreKind.Redis)) {
            given.complain(given.saidOf(BULLMQ, queues)
                    + "; allowed is a queue only together with --store redis://…, because that is where queues live.");
        }
        return Optional.of(new QueueSettings(queues, prefix, Math.toIntExact(given.get(MAX_EVENT))));
    }

    private StoreSettings store(WorkReader work) {
        Path folder = given.get(DATA);
        StoreSettings.Durability durability = given.get(DURABILITY);
        long maxDisk = given.get(MAX_DISK);
        StoreKind kind = given.get(STORE);
        return switch (kind) {
            case StoreKind.Memory memory -> new StoreSettings.Memory();
            case StoreKind.Sqlite sqlite -> {
                if (Files.exists(folder) && !Files.isDirectory(folder)) {
                    given.complain(given.saidOf(DATA, folder) + ", which is no folder; allowed is "
                            + DATA.kind().allowed() + ".");
                }
                yield new StoreSettings.Sqlite(folder, durability, maxDisk);
            }
            case StoreKind.Redis redis -> work.redis(redis);
        };
    }
}
