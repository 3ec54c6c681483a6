package dev.runstream.bullmq;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.json.JsonCompactor;
import dev.runstream.core.json.JsonObjectView;
import dev.runstream.core.run.SourceId;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A job as its queue has it.
 *
 * @param lastEntry the end of the queue's event stream at the same moment
 * @param data as JSON; empty where it was not asked for or is too large, and so are the options
 * @param attemptsBegun 0 where the queue does not count them
 */
record JobState(
        SourceId lastEntry,
        Where where,
        String name,
        byte[] data,
        byte[] opts,
        byte[] returnValue,
        String failedReason,
        int attemptsBegun) {
    /** Data and options that are larger are not shown. */
    static final int MOST_INPUT_BYTES = 1024 * 1024;

    enum Where {
        GONE,
        WAITING,
        ACTIVE,
        COMPLETED,
        FAILED
    }

    /** Of what {@code job_state.lua} gives. */
    static JobState of(List<Object> answer) {
        Where where = switch (text(answer, 1)) {
            case "gone" -> Where.GONE;
            case "active" -> Where.ACTIVE;
            case "completed" -> Where.COMPLETED;
            case "failed" -> Where.FAILED;
            default -> Where.WAITING;
        };
        String begun = text(answer, 7);
        return new JobState(
                SourceId.parse(text(answer, 0)),
                where,
                text(answer, 2),
                bytes(answer, 3),
                bytes(answer, 4),
                bytes(answer, 5),
                text(answer, 6),
                begun.isEmpty() ? 0 : Integer.parseInt(begun));
    }

    private static byte[] bytes(List<Object> answer, int index) {
        return answer.get(index) instanceof byte[] bytes ? bytes : new byte[0];
    }

    private static String text(List<Object> answer, int index) {
        return new String(bytes(answer, index), StandardCharsets.UTF_8);
    }

    /** As it would have been asked for here; what is too large to be shown is left out. */
    JsonBytes input() {
        JsonObjectView input = JsonObjectView.of(JsonBytes.trusted(new byte[] {'{', '}'}));
        if (where == Where.GONE) {
            return input.json();
        }
        return with(with(input.with("name", JsonBytes.ofString(name)), "data", data), "opts", opts)
                .json();
    }

    private static JsonObjectView with(JsonObjectView input, String member, byte[] value) {
        return JsonCompactor.compact(value, MOST_INPUT_BYTES) instanceof JsonBytes json
                ? input.with(member, json)
                : input;
    }
}
