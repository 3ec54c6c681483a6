package dev.runstream.bullmq;

import java.util.List;

/**
 * Which queues to follow. Immutable.
 *
 * @param queues their names, at least one; see {@link #isName}
 * @param prefix what BullMQ's keys begin with, {@code bull} unless its users say otherwise
 * @param maxEventBytes largest data of one event
 */
public record QueueSettings(List<String> queues, String prefix, int maxEventBytes) {
    private static final int LONGEST_NAME = 60;

    public QueueSettings {
        queues = List.copyOf(queues);
        if (queues.isEmpty() || !queues.stream().allMatch(QueueSettings::isName)) {
            throw new IllegalArgumentException("no names of queues: " + queues);
        }
    }

    /** Whether a queue of this name can be followed: the ids of its runs begin with it. */
    public static boolean isName(String name) {
        return name.matches("[A-Za-z0-9._~-]{1," + LONGEST_NAME + "}");
    }

    /** Whether all keys of one queue are sure to lie in one slot of a Cluster. */
    boolean hasHashTag() {
        int open = prefix.indexOf('{');
        return open >= 0 && prefix.indexOf('}', open) > open + 1;
    }
}
