package dev.runstream.agents.fund;

import dev.runstream.core.agent.InvalidInputException.FieldFault;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Puts faults into the order of the form's sections, and of the stages inside theirs; and bounds how many are told. */
final class FaultOrder {
    private static final List<String> SECTIONS = List.of(
            "",
            "paths",
            "seed",
            "fund",
            "fees",
            "carry",
            "portfolio",
            "stages",
            "reserves",
            "recycling",
            "liquidation");

    private static final int MOST_TOLD = 100;

    private FaultOrder() {}

    static List<FieldFault> sorted(List<FieldFault> faults) {
        Stream<FieldFault> sorted = faults.stream()
                .sorted(Comparator.comparingInt(FaultOrder::section).thenComparingInt(FaultOrder::stage));
        if (faults.size() <= MOST_TOLD) {
            return sorted.toList();
        }
        FieldFault rest = new FieldFault("", "and " + (faults.size() - MOST_TOLD) + " more faults");
        return Stream.concat(sorted.limit(MOST_TOLD), Stream.of(rest)).toList();
    }

    private static int section(FieldFault fault) {
        int index = SECTIONS.indexOf(fault.field().split("\\.", -1)[0]);
        return index < 0 ? SECTIONS.size() : index;
    }

    private static int stage(FieldFault fault) {
        String[] parts = fault.field().split("\\.", -1);
        return parts.length > 1 && parts[0].equals("stages") && parts[1].matches("\\d{1,3}")
                ? Integer.parseInt(parts[1])
                : -1;
    }
}
