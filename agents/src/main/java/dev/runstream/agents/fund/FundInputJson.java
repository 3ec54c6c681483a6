package dev.runstream.agents.fund;

import static dev.runstream.agents.fund.PlainJson.number;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.runstream.agents.fund.FundInput.Stage;

/** Writes an input back in the form it is read from, so that what was echoed can be sent again. */
final class FundInputJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private FundInputJson() {}

    static ObjectNode of(FundInput input) {
        ObjectNode node = NODES.objectNode();
        node.put("paths", input.paths());
        input.seed().ifPresent(seed -> node.put("seed", seed));
        ObjectNode fund = node.putObject("fund");
        fund.set("size", number(input.fund().size()));
        fund.set("gpCommitment", number(input.fund().gpCommitment()));
        fund.put("lifeYears", input.fund().lifeYears());
        fund.put("investmentYears", input.fund().investmentYears());
        fund.put("asOfYear", input.fund().asOfYear());
        ObjectNode fees = node.putObject("fees");
        fees.set("management", number(input.fees().management()));
        fees.set("stepDown", number(input.fees().stepDown()));
        fees.set("floor", number(input.fees().floor()));
        fees.set("expenses", number(input.fees().expenses()));
        ObjectNode carry = node.putObject("carry");
        carry.set("rate", number(input.carry().rate()));
        carry.set("hurdle", number(input.carry().hurdle()));
        carry.set("catchUp", number(input.carry().catchUp()));
        ObjectNode portfolio = node.putObject("portfolio");
        portfolio.set("deployYears", number(input.portfolio().deployYears()));
        portfolio.set("maxPerCompany", number(input.portfolio().maxPerCompany()));
        var stages = node.putArray("stages");
        input.stages().forEach(stage -> stages.add(of(stage)));
        ObjectNode reserves = node.putObject("reserves");
        reserves.set("ratio", number(input.reserves().ratio()));
        reserves.set("proRata", number(input.reserves().proRata()));
        ObjectNode recycling = node.putObject("recycling");
        recycling.set("cap", number(input.recycling().cap()));
        recycling.put("untilYear", input.recycling().untilYear());
        node.putObject("liquidation").set("discount", number(input.liquidation().discount()));
        return node;
    }

    private static ObjectNode of(Stage stage) {
        ObjectNode node = NODES.objectNode();
        node.put("name", stage.name());
        node.set("allocation", number(stage.allocation()));
        node.set("cheque", number(stage.cheque()));
        node.set("postMoney", number(stage.postMoney()));
        node.set("dilution", number(stage.dilution()));
        node.set("graduation", number(stage.rates().graduation()));
        node.set("exit", number(stage.rates().exit()));
        node.set("failure", number(stage.rates().failure()));
        node.set("monthsToGraduate", of(stage.monthsToGraduate()));
        node.set("monthsToExit", of(stage.monthsToExit()));
        node.set("exitMultiple", of(stage.exitMultiple()));
        return node;
    }

    private static ObjectNode of(Distribution distribution) {
        ObjectNode node = NODES.objectNode();
        switch (distribution) {
            case Distribution.Fixed(double value) -> node.put("type", "fixed").set("value", number(value));
            case Distribution.Uniform(double min, double max) -> {
                node.put("type", "uniform").set("min", number(min));
                node.set("max", number(max));
            }
            case Distribution.MedianLognormal(double median, double p90) -> {
                node.put("type", "lognormal").set("median", number(median));
                node.set("p90", number(p90));
            }
            case Distribution.MeanLognormal(double mean, double sigma) -> {
                node.put("type", "lognormal").set("mean", number(mean));
                node.set("sigma", number(sigma));
            }
            case Distribution.Power(double alpha, double min, double max) -> {
                node.put("type", "power").set("alpha", number(alpha));
                node.set("min", number(min));
                node.set("max", number(max));
            }
        }
        return node;
    }
}
