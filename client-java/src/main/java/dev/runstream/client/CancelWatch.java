package dev.runstream.client;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the run of a publisher, so that a cancel is known within milliseconds and not only by the next call.
 *
 * <p>It begins once somebody wants to know, at the run's last event, and is over when a cancel is known, the run has
 * ended or the publisher has stopped. Where the stream cannot be had it gives up without a word, because the calls tell
 * of a cancel as well. It leaves alone a run that is cancelled once its readers have left: there it would count as one.
 *
 * <p>Safe for any thread; nothing here blocks.
 */
final class CancelWatch {
    private static final Logger log = LoggerFactory.getLogger(CancelWatch.class);

    // immutable
    private final RunstreamClient client;
    private final String runId;
    private final PublishState state;
    // guarded by this
    private @Nullable Thread watching;
    private boolean over;

    CancelWatch(RunstreamClient client, String runId, PublishState state) {
        this.client = client;
        this.runId = runId;
        this.state = state;
    }

    /** Begins, unless it has begun or is over. */
    synchronized void begin() {
        if (watching == null && !over) {
            watching = Thread.ofVirtual().name("runstream-cancel-" + runId).start(this::watch);
        }
    }

    /** Closes the stream, and lets none be opened any more. May be called again. */
    synchronized void end() {
        over = true;
        if (watching != null) {
            watching.interrupt();
        }
    }

    private void watch() {
        try {
            Run run = client.getRun(runId);
            if (tells(run.state())) {
                state.tellCancel();
            } else if (!run.state().isEnd() && !isCancelledByLeaving(run)) {
                follow(run);
            }
        } catch (RunstreamException noStream) {
            log.debug("{}: a cancel is told by the next call only", runId, noStream);
        }
    }

    private static boolean isCancelledByLeaving(Run run) {
        return run.json().path("onDisconnect").asText().equals("cancel");
    }

    private void follow(Run run) {
        try (RunStream stream = client.follow(runId, FollowOptions.fromNow(run))) {
            for (StreamItem item : stream) {
                if (tells(item)) {
                    state.tellCancel();
                    return;
                }
            }
        }
    }

    private static boolean tells(StreamItem item) {
        return switch (item) {
            // It tells of what came before the stream's position.
            case StreamItem.Opened opened ->
                opened.frame().state().filter(CancelWatch::tells).isPresent();
            case StreamEvent event
            when event.event().equals("status") ->
                Json.text(event.data().tree(), "state", RunState::tryParse)
                        .filter(CancelWatch::tells)
                        .isPresent();
            default -> false;
        };
    }

    private static boolean tells(RunState state) {
        return state == RunState.CANCELLING || state == RunState.CANCELLED;
    }
}
