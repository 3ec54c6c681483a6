package dev.runstream.core.run;

import dev.runstream.core.log.NewEvent;
import java.util.List;

/**
 * What is to happen to a run, decided but not yet stored.
 *
 * @param record the run afterwards
 * @param events what its log gets, in order
 * @param outcome what the caller is told once it is stored
 */
public record Decision<O>(RunRecord record, List<NewEvent> events, O outcome) {
    /** Nothing changes. */
    public static <O> Decision<O> nothing(RunRecord record, O outcome) {
        return new Decision<>(record, List.of(), outcome);
    }
}
