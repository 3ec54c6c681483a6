package dev.runstream.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The streams of the {@link ModelRedis} in which runs wait, each with its one group. */
public final class ModelQueues {
    private static final long HELD_TOO_LONG_MILLIS = 15_000;

    private final Map<String, Line> lines = new TreeMap<>();
    private long added;

    private record Held(String node, long sinceMillis) {}

    private static final class Line {
        final TreeMap<Long, String> entries = new TreeMap<>();
        final TreeMap<Long, Held> held = new TreeMap<>();
        long lastGiven;
    }

    void takeFrom(ModelQueues other) {
        added = other.added;
        other.lines.forEach((agent, line) -> {
            Line copy = line(agent);
            copy.entries.putAll(line.entries);
            copy.held.putAll(line.held);
            copy.lastGiven = line.lastGiven;
        });
    }

    private Line line(String agent) {
        return lines.computeIfAbsent(agent, name -> new Line());
    }

    String add(String agent, String runId) {
        line(agent).entries.put(++added, runId);
        return added + "-0";
    }

    List<AgentQueues.Entry> claim(String agent, String node, int most, long nowMillis) {
        Line line = line(agent);
        List<AgentQueues.Entry> claimed = new ArrayList<>();
        for (Map.Entry<Long, Held> each : List.copyOf(line.held.entrySet())) {
            if (claimed.size() < most && nowMillis - each.getValue().sinceMillis >= HELD_TOO_LONG_MILLIS) {
                String runId = line.entries.get(each.getKey());
                if (runId == null) {
                    line.held.remove(each.getKey());
                } else {
                    line.held.put(each.getKey(), new Held(node, nowMillis));
                    claimed.add(new AgentQueues.Entry(agent, each.getKey() + "-0", runId));
                }
            }
        }
        return claimed;
    }

    List<AgentQueues.Entry> read(String agent, String node, int most, long nowMillis) {
        Line line = line(agent);
        List<AgentQueues.Entry> read = new ArrayList<>();
        for (Map.Entry<Long, String> entry :
                line.entries.tailMap(line.lastGiven, false).entrySet()) {
            if (read.size() == most) {
                break;
            }
            line.held.put(entry.getKey(), new Held(node, nowMillis));
            line.lastGiven = entry.getKey();
            read.add(new AgentQueues.Entry(agent, entry.getKey() + "-0", entry.getValue()));
        }
        return read;
    }

    private static long number(String entryId) {
        return Long.parseLong(entryId.substring(0, entryId.indexOf('-')));
    }

    void acknowledge(String agent, String entryId) {
        line(agent).held.remove(number(entryId));
    }

    void delete(String agent, String entryId) {
        line(agent).entries.remove(number(entryId));
    }

    public boolean has(String agent, String entryId) {
        return line(agent).entries.containsKey(number(entryId));
    }

    /** Whether a process has entries that it has not acknowledged. */
    boolean holds(String agent, String node) {
        return line(agent).held.values().stream().anyMatch(held -> held.node.equals(node));
    }

    /** Entries that a consumer holds go with it. */
    void dropConsumer(String agent, String node) {
        line(agent).held.values().removeIf(held -> held.node.equals(node));
    }

    /** How many runs wait, in all lines. */
    public int waiting() {
        return lines.values().stream().mapToInt(line -> line.entries.size()).sum();
    }
}
