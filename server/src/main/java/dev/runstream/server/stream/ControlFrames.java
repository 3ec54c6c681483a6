package dev.runstream.server.stream;

import dev.runstream.core.log.EventId;
import dev.runstream.core.log.EventLog;
import dev.runstream.core.log.LogRead;
import dev.runstream.core.run.RunRecord;
import dev.runstream.server.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The frames that tell a reader of its connection rather than of the run. None has an {@code id:}, so none moves the
 * reader's position.
 */
final class ControlFrames {
    static final byte[] KEEPALIVE = ":keepalive\n\n".getBytes(StandardCharsets.US_ASCII);

    private static final int RETRY_MILLIS = 10_000;
    private static final int SHORTEST_RETRY_MILLIS = 1_000;
    private static final int LONGEST_RETRY_MILLIS = 15_000;

    private ControlFrames() {}

    /**
     * The first frame of a connection.
     *
     * @param resume what became of the reader's position
     * @param position after which events follow
     * @param gap a hole before the first of them
     */
    static byte[] first(RunRecord run, EventLog log, Resume resume, long position, Optional<LogRead.Gap> gap) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("state", run.state().wireName());
        data.put("attempt", log.attemptAt(position + 1));
        data.put("runId", run.runId());
        data.put("resume", resume.wireName());
        data.put("firstEventId", new EventId(log.epoch(), log.firstHeldSeq()).toString());
        data.put("lastEventId", new EventId(log.epoch(), Math.max(log.lastSeq(), log.firstHeldSeq())).toString());
        gap.ifPresent(hole -> data.put("gap", gapMember(log, hole)));
        return frame("retry: " + RETRY_MILLIS + "\n", data);
    }

    /** A hole in the middle of a connection. */
    static byte[] gap(RunRecord run, EventLog log, LogRead.Gap hole) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("state", run.state().wireName());
        data.put("attempt", log.attemptAt(hole.toSeq() + 1));
        data.put("gap", gapMember(log, hole));
        return frame("", data);
    }

    private static Map<String, String> gapMember(EventLog log, LogRead.Gap hole) {
        Map<String, String> gap = new LinkedHashMap<>();
        gap.put("from", new EventId(log.epoch(), hole.fromSeq()).toString());
        gap.put("to", new EventId(log.epoch(), hole.toSeq()).toString());
        return gap;
    }

    /** The last frame of a connection that ends before its run. */
    static byte[] closing(Optional<RunRecord> run, Closing closing, RandomGenerator random) {
        Map<String, Object> data = new LinkedHashMap<>();
        run.ifPresent(known -> data.put("state", known.state().wireName()));
        data.put("closing", closing.wireName());
        String retry = closing.spreadsReturns()
                ? "retry: " + random.nextInt(SHORTEST_RETRY_MILLIS, LONGEST_RETRY_MILLIS + 1) + "\n"
                : "";
        return frame(retry, data);
    }

    private static byte[] frame(String before, Map<String, Object> data) {
        byte[] json = Json.write(data);
        byte[] head = (before + "event: status\ndata: ").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[head.length + json.length + 2];
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(json, 0, frame, head.length, json.length);
        frame[frame.length - 2] = '\n';
        frame[frame.length - 1] = '\n';
        return frame;
    }
}
