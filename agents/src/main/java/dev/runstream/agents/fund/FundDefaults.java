package dev.runstream.agents.fund;

import dev.runstream.agents.fund.Distribution.MedianLognormal;
import dev.runstream.agents.fund.FundInput.Carry;
import dev.runstream.agents.fund.FundInput.Fees;
import dev.runstream.agents.fund.FundInput.Fund;
import dev.runstream.agents.fund.FundInput.Liquidation;
import dev.runstream.agents.fund.FundInput.Portfolio;
import dev.runstream.agents.fund.FundInput.Recycling;
import dev.runstream.agents.fund.FundInput.Reserves;
import dev.runstream.agents.fund.FundInput.Stage;
import java.util.List;

/** The one place where defaults are written down: a $100M seed and Series A fund that runs ten years and two more. */
final class FundDefaults {
    static final long PATHS = 100_000;
    static final Fund FUND = new Fund(100_000_000, 2, 12, 5, 12);
    static final Fees FEES = new Fees(2, 15, 0.5, 200_000);
    static final Carry CARRY = new Carry(20, 8, 100);
    static final Portfolio PORTFOLIO = new Portfolio(3, 12);
    static final Reserves RESERVES = new Reserves(45, 100);
    static final Recycling RECYCLING = new Recycling(10, 5);
    static final Liquidation LIQUIDATION = new Liquidation(30);

    private static final List<Stage> STAGES = List.of(
            new Stage(
                    "Seed",
                    56,
                    1_250_000,
                    14_000_000,
                    20,
                    rates(42, 16, 42),
                    months(20, 32),
                    months(38, 68),
                    multiple(0.6, 3.5)),
            new Stage(
                    "Series A",
                    44,
                    2_800_000,
                    48_000_000,
                    20,
                    rates(48, 20, 32),
                    months(22, 36),
                    months(40, 70),
                    multiple(0.8, 4)),
            new Stage(
                    "Series B",
                    0,
                    4_000_000,
                    130_000_000,
                    16,
                    rates(48, 26, 26),
                    months(23, 38),
                    months(38, 68),
                    multiple(1, 4)),
            new Stage(
                    "Series C",
                    0,
                    5_000_000,
                    320_000_000,
                    12,
                    rates(46, 34, 20),
                    months(24, 40),
                    months(36, 64),
                    multiple(1.1, 4)),
            new Stage(
                    "Growth",
                    0,
                    5_000_000,
                    800_000_000,
                    10,
                    rates(0, 78, 22),
                    months(24, 40),
                    months(34, 60),
                    multiple(1.2, 4)));

    private FundDefaults() {}

    /** The default stages of a fund of this size: a smaller fund writes smaller cheques, a larger one more of them. */
    static List<Stage> stages(double size) {
        double scale = Math.min(1, size / FUND.size());
        return STAGES.stream()
                .map(stage -> withCheque(stage, stage.cheque() * scale))
                .toList();
    }

    private static Stage withCheque(Stage stage, double cheque) {
        return new Stage(
                stage.name(),
                stage.allocation(),
                cheque,
                stage.postMoney(),
                stage.dilution(),
                stage.rates(),
                stage.monthsToGraduate(),
                stage.monthsToExit(),
                stage.exitMultiple());
    }

    private static StageRates rates(double graduation, double exit, double failure) {
        return new StageRates(graduation, exit, failure);
    }

    private static Distribution months(double median, double p90) {
        return new MedianLognormal(median, p90);
    }

    private static Distribution multiple(double median, double p90) {
        return new MedianLognormal(median, p90);
    }
}
