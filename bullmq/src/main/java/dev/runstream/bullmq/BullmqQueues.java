package dev.runstream.bullmq;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.run.CopiedRuns;
import dev.runstream.core.run.RunIds;
import dev.runstream.core.run.RunStore;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.time.Timers;
import dev.runstream.store.redis.link.LinkSettings;
import dev.runstream.store.redis.link.RedisAddress;
import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisRefusedException;
import dev.runstream.store.redis.link.RedisShape;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows BullMQ queues: what happens to their jobs is copied into runs of a store, from where it is read and cancelled as
 * any other run. Any number of processes may follow the same queues.
 *
 * <p>Safe for any thread.
 */
public final class BullmqQueues implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BullmqQueues.class);
    /** The connection that reads is busy for a second at a time, and may not be taken for dead because of that. */
    private static final LinkSettings READING = new LinkSettings(
            LinkSettings.DEFAULT.patience(),
            LinkSettings.DEFAULT.connectTimeout(),
            LinkSettings.DEFAULT.probeInterval(),
            Duration.ofSeconds(5),
            LinkSettings.DEFAULT.topologyInterval());

    private final QueueSettings settings;
    private final JobNames names;
    private final RedisLink commands;
    private final RedisLink reading;
    private final QueueReader reader;
    private final ReadingThread thread;
    private final RunStore store;

    private BullmqQueues(
            QueueSettings settings,
            RedisAddress address,
            RedisLink commands,
            RedisLink reading,
            RunStore store,
            CopiedRuns copied,
            InstantSource clock,
            Timers timers) {
        this.settings = settings;
        this.commands = commands;
        this.reading = reading;
        names = new JobNames(settings);
        Jobs jobs = new Jobs(commands, settings.prefix());
        CancelTokens tokens = new CancelTokens(commands, address.prefix());
        JobCopies copies = new JobCopies(copied, jobs, tokens, store);
        tokens.onCancel(runId -> names.jobNamed(runId).ifPresent(copies::takeOutIfStopped));
        Positions positions = new Positions(commands, address.prefix(), settings.prefix());
        JobEvents events = new JobEvents(settings.maxEventBytes());
        TrimmedEntries trimmed = new TrimmedEntries(copied, names, copies, positions);
        reader = new QueueReader(reading, settings, positions, jobs, events, copies, trimmed);
        Reconciling reconciling = new Reconciling(copied, jobs, copies, names, reader, clock);
        thread = new ReadingThread(settings.queues(), reader, reconciling, timers);
        this.store = new QueuedRuns(store, names, jobs, copies, new FoundJobs(jobs, reader, copies), this::health);
    }

    /**
     * Connects and begins to read. Blocks until the connections stand.
     *
     * @param store of the runs; it stays the caller's
     * @param copied of the same store
     * @throws RedisRefusedException if the queues cannot be followed as they are configured
     */
    public static BullmqQueues open(
            QueueSettings settings,
            RedisAddress address,
            RunStore store,
            CopiedRuns copied,
            InstantSource clock,
            Timers timers) {
        RedisLink commands = RedisLink.open(address, LinkSettings.DEFAULT, timers);
        try {
            if (commands.shape() == RedisShape.CLUSTER && !settings.hasHashTag()) {
                throw new RedisRefusedException(
                        "Redis is a Cluster, and BullMQ's keys begin with \"" + settings.prefix()
                                + "\": on a Cluster queues work only with a hash tag there, as in --bullmq-prefix {bull}");
            }
            RedisLink reading = RedisLink.open(address, READING, timers);
            BullmqQueues queues = new BullmqQueues(settings, address, commands, reading, store, copied, clock, timers);
            queues.thread.start();
            LOG.info("following {} of BullMQ, keys under {}", String.join(", ", settings.queues()), settings.prefix());
            return queues;
        } catch (RuntimeException fault) {
            commands.close();
            throw fault;
        }
    }

    /** The store with the runs of the jobs, as it is shown to those who ask. */
    public RunStore store() {
        return store;
    }

    /** The agents that stand for the queues, in their order. */
    public List<String> agents() {
        return settings.queues().stream().map(JobNames::agent).toList();
    }

    /** @throws InvalidInputException if a job cannot be made of this */
    public void check(JsonBytes input) {
        JobRequest.parse(input);
    }

    /**
     * The name for a run that is to be started.
     *
     * @param asked the name that was asked for
     * @param fresh one that nobody has
     * @throws InvalidInputException if the run cannot have that name
     */
    public String runId(String agent, JsonBytes input, Optional<String> asked, String fresh) {
        String queue = names.queueOf(agent).orElseThrow();
        String begin = JobNames.runsBegin(queue);
        Optional<String> jobId = JobRequest.parse(input).jobId();
        String name = begin + jobId.orElse(fresh);
        if (asked.isEmpty()) {
            if (!RunIds.isValid(name)) {
                throw new InvalidInputException("opts.jobId", "is too long: a run's name has at most 128 characters");
            }
            return name;
        }
        String given = asked.get();
        if (!given.startsWith(begin) || (jobId.isPresent() && !given.equals(name))) {
            throw new InvalidInputException(
                    "runId",
                    jobId.isPresent() ? "has to be " + name + ", after opts.jobId" : "has to begin with " + begin);
        }
        JobOptions.checkId(given.substring(begin.length())).ifPresent(wrong -> {
            throw new InvalidInputException("runId", "names a job, whose id " + wrong);
        });
        return given;
    }

    /** How many entries of the queues' streams this process has read. */
    public long copiedEntries() {
        return reader.copiedEntries();
    }

    private StoreHealth health() {
        StoreHealth beneath = commands.health();
        return beneath.ready() ? thread.health() : beneath;
    }

    /** Stops reading, and closes the connections. Blocks until that is done. */
    @Override
    public void close() {
        thread.stop();
        reading.close();
        thread.awaitEnd();
        commands.close();
    }
}
