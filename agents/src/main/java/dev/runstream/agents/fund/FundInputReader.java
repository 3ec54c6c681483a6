package dev.runstream.agents.fund;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.runstream.agents.fund.FundInput.Carry;
import dev.runstream.agents.fund.FundInput.Fees;
import dev.runstream.agents.fund.FundInput.Fund;
import dev.runstream.agents.fund.FundInput.Liquidation;
import dev.runstream.agents.fund.FundInput.Portfolio;
import dev.runstream.agents.fund.FundInput.Recycling;
import dev.runstream.agents.fund.FundInput.Reserves;
import dev.runstream.agents.fund.FundInput.Stage;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Reads and checks the input; every range of a single field is written here. */
final class FundInputReader {
    /** The largest number of paths; bins count in 31 bits. */
    static final long MAX_PATHS = 1_000_000_000;
    /** The largest whole number that every JSON reader keeps exactly. */
    static final long MAX_SEED = (1L << 53) - 1;

    private static final int MAX_STAGES = 10;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final List<FieldFault> faults = new ArrayList<>();

    private FundInputReader() {}

    /** @throws InvalidInputException naming every fault */
    static FundInput read(String json) {
        JsonNode node;
        try {
            node = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException("", "is not JSON that can be read: " + e.getOriginalMessage());
        }
        return new FundInputReader().read(node);
    }

    private FundInput read(JsonNode node) {
        JsonFields root = new JsonFields(node, "", faults);
        long paths = root.whole("paths", FundDefaults.PATHS, 1, MAX_PATHS);
        OptionalLong seed =
                root.has("seed") ? OptionalLong.of(root.whole("seed", 0, 0, MAX_SEED)) : OptionalLong.empty();
        Fund fund = fund(root.object("fund"));
        FundInput input = new FundInput(
                paths,
                seed,
                fund,
                fees(root.object("fees"), fund),
                carry(root.object("carry")),
                portfolio(root.object("portfolio"), fund),
                stages(root, fund),
                reserves(root.object("reserves")),
                recycling(root.object("recycling"), fund),
                liquidation(root.object("liquidation")));
        root.refuseUnknown();
        new FundInputChecks(input, faults).check();
        if (!faults.isEmpty()) {
            throw new InvalidInputException(FaultOrder.sorted(faults));
        }
        return input;
    }

    private static Fund fund(JsonFields fields) {
        Fund d = FundDefaults.FUND;
        double size = fields.number("size", d.size(), 100_000, 1e12);
        double gpCommitment = fields.number("gpCommitment", d.gpCommitment(), 0, 50);
        int life = (int) fields.whole("lifeYears", d.lifeYears(), 1, 20);
        Fund fund = new Fund(
                size,
                gpCommitment,
                life,
                (int) fields.whole("investmentYears", Math.min(d.investmentYears(), life), 1, life),
                (int) fields.whole("asOfYear", life, 1, life));
        fields.refuseUnknown();
        return fund;
    }

    private static Fees fees(JsonFields fields, Fund fund) {
        Fees d = FundDefaults.FEES;
        double management = fields.number("management", d.management(), 0, 10);
        Fees fees = new Fees(
                management,
                fields.number("stepDown", d.stepDown(), 0, 100),
                fields.number("floor", Math.min(d.floor(), management), 0, management),
                fields.number("expenses", Math.min(d.expenses(), fund.size() * 0.002), 0, fund.size()));
        fields.refuseUnknown();
        return fees;
    }

    private static Carry carry(JsonFields fields) {
        Carry d = FundDefaults.CARRY;
        Carry carry = new Carry(
                fields.number("rate", d.rate(), 0, 50),
                fields.number("hurdle", d.hurdle(), 0, 30),
                fields.number("catchUp", d.catchUp(), 0, 100));
        fields.refuseUnknown();
        return carry;
    }

    private static Portfolio portfolio(JsonFields fields, Fund fund) {
        Portfolio d = FundDefaults.PORTFOLIO;
        double deployDefault = Math.min(d.deployYears(), fund.investmentYears());
        Portfolio portfolio = new Portfolio(
                fields.number("deployYears", deployDefault, 0.25, fund.investmentYears()),
                fields.number("maxPerCompany", d.maxPerCompany(), 0.1, 100));
        fields.refuseUnknown();
        return portfolio;
    }

    private static List<Stage> stages(JsonFields root, Fund fund) {
        List<Stage> defaults = FundDefaults.stages(fund.size());
        List<JsonFields> listed = root.objects("stages", 1, MAX_STAGES);
        boolean anyAllocation = listed.stream().anyMatch(fields -> fields.has("allocation"));
        List<Stage> stages = new ArrayList<>();
        int like = -1;
        for (int i = 0; i < listed.size(); i++) {
            like = defaultFor(listed.get(i), defaults, like + 1);
            double allocation = listed.size() == 1
                    ? 100
                    : i < defaults.size() ? defaults.get(i).allocation() : 0;
            stages.add(
                    stage(listed.get(i), defaults.get(like), anyAllocation ? 0 : allocation, i == listed.size() - 1));
        }
        return stages.isEmpty() ? defaults : stages;
    }

    /** The default stage of the listed one's name; else the one after that which the stage before it was like. */
    private static int defaultFor(JsonFields fields, List<Stage> defaults, int next) {
        JsonNode name = fields.given("name");
        for (int i = 0; i < defaults.size(); i++) {
            if (name != null && defaults.get(i).name().equalsIgnoreCase(name.asText())) {
                return i;
            }
        }
        return Math.min(next, defaults.size() - 1);
    }

    /** @param d what the stage takes where it says nothing itself, but for the allocation */
    private static Stage stage(JsonFields fields, Stage d, double allocation, boolean last) {
        Stage stage = new Stage(
                fields.text("name", d.name(), 40),
                fields.number("allocation", allocation, 0, 100),
                fields.number("cheque", d.cheque(), 1_000, 1e11),
                fields.number("postMoney", d.postMoney(), 10_000, 1e13),
                fields.number("dilution", d.dilution(), 0, 90),
                StageRates.read(fields, d.rates(), last),
                DistributionReader.read(fields, "monthsToGraduate", d.monthsToGraduate(), 600),
                DistributionReader.read(fields, "monthsToExit", d.monthsToExit(), 600),
                DistributionReader.read(fields, "exitMultiple", d.exitMultiple(), 10_000));
        fields.refuseUnknown();
        return stage;
    }

    private static Reserves reserves(JsonFields fields) {
        Reserves d = FundDefaults.RESERVES;
        Reserves reserves =
                new Reserves(fields.number("ratio", d.ratio(), 0, 90), fields.number("proRata", d.proRata(), 0, 300));
        fields.refuseUnknown();
        return reserves;
    }

    private static Recycling recycling(JsonFields fields, Fund fund) {
        Recycling d = FundDefaults.RECYCLING;
        Recycling recycling = new Recycling(fields.number("cap", d.cap(), 0, 100), (int)
                fields.whole("untilYear", Math.min(d.untilYear(), fund.lifeYears()), 0, fund.lifeYears()));
        fields.refuseUnknown();
        return recycling;
    }

    private static Liquidation liquidation(JsonFields fields) {
        Liquidation liquidation =
                new Liquidation(fields.number("discount", FundDefaults.LIQUIDATION.discount(), 0, 100));
        fields.refuseUnknown();
        return liquidation;
    }
}
