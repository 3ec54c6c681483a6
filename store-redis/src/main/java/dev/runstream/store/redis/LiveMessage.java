package dev.runstream.store.redis;

import dev.runstream.core.json.JsonBytes;
import dev.runstream.core.log.EventType;
import dev.runstream.core.log.LogState;
import dev.runstream.core.log.NewEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is told to the followers of a run about a commit.
 *
 * @param node the process whose commit it was
 * @param lastSeq before it
 * @param bytes all that was ever written, with it
 * @param log what is held afterwards
 * @param changes fields of the run's hash
 */
record LiveMessage(
        String node, long lastSeq, long bytes, LogState log, Map<String, String> changes, List<NewEvent> events) {
    /**
     * Reads what the script of a commit has written: a line of numbers, a line for each changed field, an empty line, and
     * for each event a line with type, attempt and length before its data.
     *
     * @return empty where it says that the log was made anew
     */
    static Optional<LiveMessage> parse(byte[] message) {
        Lines lines = new Lines(message);
        String[] head = lines.next().split(" ", -1);
        if (head.length < 11) {
            return Optional.empty();
        }
        long lastSeq = Long.parseLong(head[2]);
        int count = Integer.parseInt(head[3]);
        LogState log = new LogState(
                Long.parseLong(head[1]),
                Long.parseLong(head[5]),
                lastSeq + count,
                Long.parseLong(head[6]),
                Long.parseLong(head[7]),
                Long.parseLong(head[8]),
                Integer.parseInt(head[9]),
                RunHash.starts(head[10]));
        Map<String, String> changes = new HashMap<>();
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            int space = line.indexOf(' ');
            changes.put(line.substring(0, space), line.substring(space + 1));
        }
        List<NewEvent> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String[] event = lines.next().split(" ", -1);
            events.add(new NewEvent(
                    EventType.ofCode(Integer.parseInt(event[0])),
                    lines.json(Integer.parseInt(event[2])),
                    Integer.parseInt(event[1])));
        }
        return Optional.of(new LiveMessage(head[0], lastSeq, Long.parseLong(head[4]), log, changes, events));
    }

    private static final class Lines {
        private final byte[] bytes;
        private int at;

        Lines(byte[] bytes) {
            this.bytes = bytes;
        }

        String next() {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
            at = end + 1;
            return line;
        }

        JsonBytes json(int length) {
            JsonBytes json = JsonBytes.trusted(bytes, at, at + length);
            at += length;
            return json;
        }
    }
}
