package dev.runstream.core.json;

/** Which arrays and objects are open: one bit each. */
final class OpenContainers {
    private final int maxDepth;
    private final long[] objects;
    private int depth;

    OpenContainers(int maxDepth) {
        this.maxDepth = maxDepth;
        this.objects = new long[(maxDepth >>> 6) + 1];
    }

    int maxDepth() {
        return maxDepth;
    }

    boolean isFull() {
        return depth == maxDepth;
    }

    void push(boolean object) {
        long bit = 1L << depth;
        if (object) {
            objects[depth >>> 6] |= bit;
        } else {
            objects[depth >>> 6] &= ~bit;
        }
        depth++;
    }

    void pop() {
        depth--;
    }

    void clear() {
        depth = 0;
    }

    int stateAfterValue() {
        if (depth == 0) {
            return JsonGrammar.DONE;
        }
        boolean object = (objects[(depth - 1) >>> 6] & (1L << (depth - 1))) != 0;
        return object ? JsonGrammar.AFTER_MEMBER : JsonGrammar.AFTER_ELEMENT;
    }
}
