package dev.runstream.bullmq;

import dev.runstream.core.run.SourceEntry;
import dev.runstream.core.run.SourceId;
import dev.runstream.core.run.SourceStep;
import dev.runstream.store.redis.link.RedisLink;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the event streams of the queues, one page after the other, and has each page copied before the next one is asked
 * for. Where it has come to is stored after that, so that whoever reads on has at most copied something twice, which
 * changes nothing.
 *
 * <p>{@link #read} is for one thread; the rest for any.
 */
final class QueueReader {
    private static final Logger LOG = LoggerFactory.getLogger(QueueReader.class);
    private static final int MOST_ENTRIES = 500;
    private static final int LEAST_ENTRIES = 10;
    /** A page is meant to have no more than this, going by the one before. */
    private static final long PAGE_BYTES = 4L * 1024 * 1024;

    /** A probe of the connection waits behind this. */
    private static final Duration BLOCK = Duration.ofSeconds(1);

    // immutable
    private final RedisLink link;
    private final Positions positions;
    private final Jobs jobs;
    private final JobEvents events;
    private final JobCopies copies;
    private final TrimmedEntries trimmed;
    private final Map<String, String> queueOfKey = new LinkedHashMap<>();

    // reading thread only
    private int entriesToAsk = LEAST_ENTRIES;
    private final BackLog backLog;

    // shared
    private final Reached reached = new Reached();
    private final AtomicLong copiedEntries = new AtomicLong();

    /** @param link for this reader alone, since it blocks what comes behind its commands */
    QueueReader(
            RedisLink link,
            QueueSettings settings,
            Positions positions,
            Jobs jobs,
            JobEvents events,
            JobCopies copies,
            TrimmedEntries trimmed) {
        this.link = link;
        this.positions = positions;
        this.jobs = jobs;
        this.events = events;
        this.copies = copies;
        this.trimmed = trimmed;
        settings.queues().forEach(queue -> queueOfKey.put(jobs.eventsKey(queue), queue));
        backLog = new BackLog();
    }

    /** How many entries this process has read and seen copied. */
    long copiedEntries() {
        return copiedEntries.get();
    }

    /** Begins where somebody has come to. Blocks. */
    void begin() {
        Map<String, SourceId> stored = new HashMap<>();
        queueOfKey.forEach((key, queue) -> stored.put(queue, startOf(key, queue)));
        stored.forEach(reached::reached);
    }

    private SourceId startOf(String key, String queue) {
        SourceId stored = join(positions.of(queue));
        List<StreamMessage<String, byte[]>> last =
                join(link.call(commands -> commands.xrevrange(key, Range.unbounded(), Limit.from(1))));
        SourceId end =
                last.isEmpty() ? SourceId.NONE : SourceId.parse(last.getFirst().getId());
        if (last.isEmpty() && !join(jobs.exists(queue))) {
            LOG.info("there is no queue {} yet; it is waited for", queue);
        } else if (stored.isAfter(end) && !last.isEmpty()) {
            LOG.warn(
                    "queue {}: its stream ends at {}, before {}, up to where it was copied: it was made anew",
                    queue,
                    end,
                    stored);
            join(positions.forget(queue));
            return SourceId.NONE;
        }
        backLog.begin(queue, stored, end);
        return stored;
    }

    /** Reads one page and has it copied, or finds for a second that there is nothing to read. Blocks. */
    void read() {
        // Both are sent at once, so that nothing is trimmed between the two.
        CompletionStage<Map<String, SourceId>> oldest = oldest();
        List<StreamMessage<String, byte[]>> page = join(next());
        if (page.isEmpty()) {
            return;
        }
        join(oldest).forEach((queue, id) -> join(trimmed.look(queue, reached.position(queue), id)));
        Map<JobRef, List<SourceEntry>> byJob = new LinkedHashMap<>();
        Map<String, SourceId> ends = new HashMap<>();
        for (StreamMessage<String, byte[]> message : page) {
            String queue = queueOfKey.getOrDefault(message.getStream(), "");
            SourceId id = SourceId.parse(message.getId());
            ends.put(queue, id);
            String jobId = JobEvents.text(message.getBody(), "jobId");
            Optional<SourceStep> step = events.stepOf(message.getBody());
            if (!jobId.isEmpty() && step.isPresent()) {
                byJob.computeIfAbsent(new JobRef(queue, jobId), job -> new ArrayList<>())
                        .add(new SourceEntry(id, step.get()));
            }
        }
        long bytes = page.stream()
                .flatMap(message -> message.getBody().values().stream())
                .mapToLong(value -> value.length)
                .sum();
        entriesToAsk = Math.clamp(PAGE_BYTES * page.size() / Math.max(1, bytes), LEAST_ENTRIES, MOST_ENTRIES);
        copy(byJob);
        copiedEntries.addAndGet(page.size());
        ends.forEach(this::reached);
    }

    private void copy(Map<JobRef, List<SourceEntry>> byJob) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        byJob.forEach((job, entries) -> all.add(copies.copy(job, entries)
                .exceptionallyCompose(fault -> passOver(job, entries, fault))
                .toCompletableFuture()));
        join(CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)));
    }

    /** What fails for another reason than that Redis is away would fail again, and may not hold up the queue. */
    private static CompletableFuture<Void> passOver(JobRef job, List<SourceEntry> entries, Throwable fault) {
        Throwable cause = Faults.unwrapped(fault);
        if (Faults.mayPass(cause)) {
            return CompletableFuture.failedFuture(cause);
        }
        LOG.error(
                "job {} of queue {}: what happened from {} to {} could not be copied",
                job.jobId(),
                job.queue(),
                entries.getFirst().id(),
                entries.getLast().id(),
                cause);
        return CompletableFuture.completedFuture(null);
    }

    /** The oldest entry that each queue has. */
    private CompletionStage<Map<String, SourceId>> oldest() {
        CompletionStage<Map<String, SourceId>> all = CompletableFuture.completedFuture(new HashMap<>());
        for (Map.Entry<String, String> stream : queueOfKey.entrySet()) {
            all = all.thenCombine(
                    link.call(commands -> commands.xrange(stream.getKey(), Range.unbounded(), Limit.from(1))),
                    (oldest, found) -> {
                        found.forEach(entry -> oldest.put(stream.getValue(), SourceId.parse(entry.getId())));
                        return oldest;
                    });
        }
        return all;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // streams of a generic type as a variable argument
    private CompletionStage<List<StreamMessage<String, byte[]>>> next() {
        StreamOffset[] from = queueOfKey.entrySet().stream()
                .map(stream -> StreamOffset.from(
                        stream.getKey(), reached.position(stream.getValue()).toString()))
                .toArray(StreamOffset[]::new);
        XReadArgs args = XReadArgs.Builder.count(entriesToAsk).block(BLOCK);
        return link.call(commands -> commands.xread(args, from));
    }

    private void reached(String queue, SourceId id) {
        reached.reached(queue, id);
        positions.store(queue, id);
        backLog.reached(queue, id, copiedEntries.get());
    }

    /** Waits until everything up to an entry has been copied, or this time is over; whether it was in time. */
    CompletionStage<Boolean> whenReached(String queue, SourceId id, Duration patience) {
        return reached.when(queue, id, patience);
    }

    private static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException fault) {
            throw fault.getCause() instanceof RuntimeException cause ? cause : fault;
        }
    }
}
