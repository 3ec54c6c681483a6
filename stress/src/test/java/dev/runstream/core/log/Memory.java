package dev.runstream.core.log;

import dev.runstream.stress.WatchedSlabs;

/** The memory of one test. */
final class Memory {
    final WatchedSlabs slabs = new WatchedSlabs();
    final MemoryBudget budget;

    /** @param limitBytes 0 for a slab of its own for each append that does not fit into the last one */
    Memory(long limitBytes) {
        budget = new MemoryBudget(slabs, limitBytes);
    }

    /** What became of it all, once nobody reads any more: "freed" if all is well. */
    String judge(EventLog log) {
        log.close();
        return judge();
    }

    String judge() {
        budget.sweep();
        String slabsSay = slabs.judge();
        return slabsSay.equals("freed") && budget.usedBytes() != 0 ? "counted wrong" : slabsSay;
    }
}
