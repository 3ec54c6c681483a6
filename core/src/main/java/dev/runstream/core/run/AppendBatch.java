package dev.runstream.core.run;

import java.util.List;
import java.util.Optional;

/**
 * Events of one producer, applied in order until one is refused. Without events it is a sign of life.
 *
 * @param producer who numbers them; empty where nobody does
 * @param isFromElsewhere whether a worker outside of this store's processes sends it, which only runs of
 *     {@link RunSpec#EXTERNAL} take
 */
public record AppendBatch(Optional<Producer> producer, List<EventDraft> drafts, boolean isFromElsewhere) {
    /** What a process of this store has to say. */
    public AppendBatch(Optional<Producer> producer, List<EventDraft> drafts) {
        this(producer, drafts, false);
    }
}
