package dev.runstream.core.log;

import dev.runstream.core.json.JsonBytes;
import java.util.Optional;

/** JSON that is kept in a slab, beside the logs and counted with them. Safe for any thread. */
public final class KeptJson {
    private final MemoryBudget budget;
    private final Slab slab;
    private final int length;

    // under this object's lock
    private boolean released;

    private KeptJson(MemoryBudget budget, Slab slab, int length) {
        this.budget = budget;
        this.slab = slab;
        this.length = length;
    }

    /** Copies it. @throws OutOfSlabsException if there is no memory for it */
    public static KeptJson of(JsonBytes json, MemoryBudget budget) {
        Slab slab = budget.take(json.length());
        slab.write(0, json.array(), json.from(), json.length());
        return new KeptJson(budget, slab, json.length());
    }

    /** A copy; empty once it is released. */
    public synchronized Optional<JsonBytes> read() {
        if (released) {
            return Optional.empty();
        }
        byte[] copy = new byte[length];
        slab.read(0, copy, 0, length);
        return Optional.of(JsonBytes.trusted(copy));
    }

    /** Gives the memory back; once. */
    public synchronized void release() {
        released = true;
        budget.giveBack(slab);
    }
}
