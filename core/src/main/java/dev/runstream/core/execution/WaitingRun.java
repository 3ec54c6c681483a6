package dev.runstream.core.execution;

import dev.runstream.core.agent.Agent;
import dev.runstream.core.run.FollowedRun;
import java.util.function.Consumer;

/** A run that waits for a place, followed so that it leaves the line when it ends. */
final class WaitingRun {
    private final FollowedRun followed;
    private final Agent agent;
    private final long number;
    private final FollowedRun.Listening listening;

    /**
     * @param number counts the runs as they come
     * @param changed called after each change of the run, perhaps before this constructor returns
     */
    WaitingRun(FollowedRun followed, Agent agent, long number, Consumer<String> changed) {
        this.number = number;
        this.followed = followed;
        this.agent = agent;
        String runId = followed.record().runId();
        listening = followed.onChange(() -> changed.accept(runId));
    }

    FollowedRun followed() {
        return followed;
    }

    Agent agent() {
        return agent;
    }

    long createdAtMillis() {
        return followed.record().spec().createdAtMillis();
    }

    long number() {
        return number;
    }

    String runId() {
        return followed.record().runId();
    }

    boolean hasEnded() {
        return followed.record().isEnded();
    }

    /** Is not told of changes any more; for who took it out of the line. */
    void stopListening() {
        listening.stop();
    }

    /** Gives the run back. */
    void letGo() {
        stopListening();
        followed.close();
    }
}
