package dev.runstream.agents.fund;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A fund of $100M and four years that costs nothing and puts all of it into one company on the first day. */
final class PlainFund {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String BASE = """
            {"paths": 1, "seed": 1,
             "fund": {"size": 1e8, "gpCommitment": 0, "lifeYears": 4, "investmentYears": 4},
             "fees": {"management": 0, "expenses": 0},
             "carry": {"rate": 0, "hurdle": 0, "catchUp": 100},
             "portfolio": {"deployYears": 0.25, "maxPerCompany": 100},
             "stages": [{"name": "Only", "cheque": 1e8, "postMoney": 2e8, "exit": 100,
                         "monthsToExit": 48, "exitMultiple": 3}],
             "reserves": {"ratio": 0}, "recycling": {"cap": 0}, "liquidation": {"discount": 0}}
            """;

    private PlainFund() {}

    /** The plain fund with other values in some fields; {@code '} stands for a quotation mark. */
    static String json(String changes) {
        try {
            ObjectNode base = (ObjectNode) MAPPER.readTree(BASE);
            merge(base, MAPPER.readTree(changes.replace('\'', '"')));
            return base.toString();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static PathSimulator simulator(String changes) {
        return new PathSimulator(new FundPlan(FundInputReader.read(json(changes))));
    }

    static PathOutcome outcome(String changes) {
        return simulator(changes).simulate(1, 0);
    }

    private static void merge(ObjectNode into, JsonNode changes) {
        changes.properties().forEach(change -> {
            if (change.getValue().isObject() && into.path(change.getKey()) instanceof ObjectNode inner) {
                merge(inner, change.getValue());
            } else {
                into.set(change.getKey(), change.getValue());
            }
        });
    }
}
