package dev.runstream.bullmq;

import dev.runstream.core.run.RunIds;
import dev.runstream.core.run.RunRecord;
import dev.runstream.core.run.RunSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/**
 * How jobs and their runs are called. A run is {@code <queue>:<job id>}, so that a worker can name its run without asking;
 * where a run may not have such a name, {@code <queue>:~<hash of the job id>}, and the run keeps the job's id in the place
 * of a request's fingerprint. Immutable.
 */
final class JobNames {
    private static final String HASHED = "~";
    private static final String FINGERPRINT = "job:";

    private final QueueSettings settings;

    JobNames(QueueSettings settings) {
        this.settings = settings;
    }

    /** The agent of a queue's runs. */
    static String agent(String queue) {
        return RunSpec.QUEUE + queue;
    }

    /** The queue of an agent; empty for one that is not followed here. */
    Optional<String> queueOf(String agent) {
        return settings.queues().stream()
                .filter(queue -> agent(queue).equals(agent))
                .findFirst();
    }

    /** What the names of a queue's runs begin with. */
    static String runsBegin(String queue) {
        return queue + ":";
    }

    static String runId(JobRef job) {
        String plain = runsBegin(job.queue()) + job.jobId();
        return RunIds.isValid(plain) ? plain : runsBegin(job.queue()) + HASHED + hash(job.jobId());
    }

    private static String hash(String jobId) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(jobId.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** What the run of a job that was not started here has for a fingerprint. */
    static String fingerprint(JobRef job) {
        return FINGERPRINT + job.jobId();
    }

    /** The job of a run; empty for a run that is no copy of a job followed here. */
    Optional<JobRef> jobOf(RunRecord run) {
        String fingerprint = run.spec().fingerprint();
        return queueOf(run.spec().agent())
                .map(queue -> new JobRef(
                        queue,
                        fingerprint.startsWith(FINGERPRINT)
                                ? fingerprint.substring(FINGERPRINT.length())
                                : run.runId().substring(runsBegin(queue).length())));
    }

    /** The job whose run has this name, unless that is a hashed one; empty where its queue is not followed here. */
    Optional<JobRef> jobNamed(String runId) {
        int colon = runId.indexOf(':');
        String queue = colon < 0 ? "" : runId.substring(0, colon);
        String jobId = runId.substring(colon + 1);
        return settings.queues().contains(queue) && !jobId.isEmpty()
                ? Optional.of(new JobRef(queue, jobId))
                : Optional.empty();
    }

    /** What a name in a URL may mean: where one queue is followed, the id of its job is enough. */
    Optional<String> fullName(String asked) {
        boolean isFull = settings.queues().stream().anyMatch(queue -> asked.startsWith(runsBegin(queue)));
        return isFull || settings.queues().size() != 1
                ? Optional.empty()
                : Optional.of(runsBegin(settings.queues().getFirst()) + asked).filter(RunIds::isValid);
    }
}
