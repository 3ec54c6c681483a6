package dev.runstream.bullmq;

import dev.runstream.store.redis.link.RedisLink;
import dev.runstream.store.redis.link.RedisScript;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/**
 * The jobs of the queues, by scripts of our own on the keys of BullMQ.
 *
 * <p>Safe for any thread; nothing blocks. Stages fail as those of {@link RedisLink#call}.
 */
final class Jobs {
    private static final RedisScript STATE = script("job_state");
    private static final RedisScript ENQUEUE = script("enqueue");
    private static final RedisScript REMOVE = script("remove");
    /** For so long a start that is asked for again puts no second job in. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final RedisLink link;
    private final String prefix;

    enum Enqueued {
        ADDED,
        /** It was put in by an earlier try. */
        AGAIN,
        /** There is a job of this id. */
        EXISTS
    }

    enum Removal {
        REMOVED,
        GONE,
        /** A worker has it. */
        ACTIVE,
        ENDED,
        /** Others depend on it. */
        KEPT
    }

    Jobs(RedisLink link, String prefix) {
        this.link = link;
        this.prefix = prefix;
    }

    private static RedisScript script(String name) {
        return RedisScript.ofResource(Jobs.class, name + ".lua");
    }

    /** What the keys of a queue begin with. */
    String base(String queue) {
        return prefix + ":" + queue + ":";
    }

    String eventsKey(String queue) {
        return base(queue) + "events";
    }

    /** Whether BullMQ has ever been there. */
    CompletionStage<Boolean> exists(String queue) {
        return link.call(commands -> commands.exists(base(queue) + "meta", eventsKey(queue)))
                .thenApply(count -> count > 0);
    }

    /** Where a job is; without its data and options, which may be large. */
    CompletionStage<JobState> state(JobRef job) {
        return state(job, 0);
    }

    /** The same with its data and options, so far as they can be shown. */
    CompletionStage<JobState> stateWithInput(JobRef job) {
        return state(job, JobState.MOST_INPUT_BYTES);
    }

    private CompletionStage<JobState> state(JobRef job, int mostInputBytes) {
        byte[][] arguments = arguments(job, Integer.toString(mostInputBytes));
        return link.<List<Object>>eval(STATE, ScriptOutputType.MULTI, keys(job), arguments)
                .thenApply(JobState::of);
    }

    /** @param runEpoch of the run that it is for: asked for again for the same one, nothing happens */
    CompletionStage<Enqueued> enqueue(JobRef job, JobRequest request, long runEpoch) {
        return link.<byte[]>eval(
                        ENQUEUE,
                        ScriptOutputType.VALUE,
                        keys(job),
                        arguments(
                                job,
                                request.name(),
                                request.data().toString(),
                                request.opts().toString(),
                                Long.toString(request.delayMillis()),
                                Long.toString(request.priority()),
                                request.lastInFirstOut() ? "1" : "0",
                                Long.toString(REMEMBERED.toMillis()),
                                Long.toString(runEpoch)))
                .thenApply(answer -> Enqueued.valueOf(word(answer)));
    }

    /** Takes a job out of its queue, if no worker has it and nobody depends on it. */
    CompletionStage<Removal> remove(JobRef job) {
        return link.<byte[]>eval(REMOVE, ScriptOutputType.VALUE, keys(job), arguments(job))
                .thenApply(answer -> Removal.valueOf(word(answer)));
    }

    private static String word(byte[] answer) {
        return new String(answer, StandardCharsets.US_ASCII).toUpperCase(Locale.ROOT);
    }

    private String[] keys(JobRef job) {
        return new String[] {base(job.queue()) + "meta"};
    }

    private byte[][] arguments(JobRef job, String... more) {
        byte[][] arguments = new byte[2 + more.length][];
        arguments[0] = base(job.queue()).getBytes(StandardCharsets.UTF_8);
        arguments[1] = job.jobId().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < more.length; i++) {
            arguments[2 + i] = more[i].getBytes(StandardCharsets.UTF_8);
        }
        return arguments;
    }
}
