package dev.runstream.core.run;

import java.util.List;
import java.util.Optional;

/**
 * Events of one producer, applied in order until one is refused. Without events it is a sign of life.
 *
 * @param producer who numbers them; empty where nobody does
 */
public record AppendBatch(Optional<Producer> producer, List<EventDraft> drafts) {}
