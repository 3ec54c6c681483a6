package dev.runstream.agents.fund;

import static dev.runstream.agents.fund.PlainFund.outcome;
import static dev.runstream.agents.fund.PlainFund.simulator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PathSimulatorTest {
    private static final Offset<Double> EXACT = within(1e-9);

    @Test
    void returnsTheExitMultipleWhereNothingIsCharged() {
        PathOutcome outcome = outcome("{}");

        assertThat(outcome.grossTvpi).isEqualTo(3, EXACT);
        assertThat(outcome.netTvpi).isEqualTo(3, EXACT);
        assertThat(outcome.netIrr).isEqualTo(100 * (Math.pow(3, 0.25) - 1), EXACT);
        assertThat(outcome.grossIrr).isEqualTo(outcome.netIrr, EXACT);
        assertThat(outcome.lossRatio).isZero();
        assertThat(outcome.bestCompanyShare).isEqualTo(100, EXACT);
    }

    @Test
    void losesToFeesWhatTheyTake() {
        PathOutcome outcome = outcome("""
                {'fees': {'management': 2, 'expenses': 500000},
                 'stages': [{'cheque': 90000000, 'postMoney': 2e8, 'exit': 100, 'monthsToExit': 48, 'exitMultiple': 3}]}
                """);

        // Four years at $2M and $0.5M leave 90 of 100; 270 come back on 100.
        assertThat(outcome.grossTvpi).isEqualTo(3, EXACT);
        assertThat(outcome.netTvpi).isEqualTo(2.7, EXACT);
    }

    @Test
    void stepsTheFeeDownToItsFloor() {
        FundPlan plan = new FundPlan(FundInputReader.read(PlainFund.json("""
                {'fund': {'lifeYears': 5, 'investmentYears': 2},
                 'fees': {'management': 2, 'stepDown': 40, 'floor': 0.5},
                 'stages': [{'cheque': 1000000, 'postMoney': 2e8, 'exit': 100}]}
                """)));

        assertThat(new double[] {
                    plan.feeOfYear(0), plan.feeOfYear(1), plan.feeOfYear(2), plan.feeOfYear(3), plan.feeOfYear(4)
                })
                .containsExactly(new double[] {2e6, 2e6, 1.2e6, 0.5e6, 0.5e6}, within(1e-6));
        assertThat(plan.investable()).isEqualTo(100e6 - 6.2e6, within(1e-6));
    }

    @Test
    void takesCarryOnTheWholeFundsProfit() {
        PathOutcome outcome = outcome("{'carry': {'rate': 20}}");

        assertThat(outcome.netTvpi).isEqualTo(3 - 0.2 * 2, EXACT);
        assertThat(outcome.grossTvpi).isEqualTo(3, EXACT);
    }

    @Test
    void takesNoCarryBelowTheHurdle() {
        // 8% compounded over four years asks for 1.36.
        assertThat(outcome("{'carry': {'rate': 20, 'hurdle': 8}, 'stages': [" + exit(48, 1.36) + "]}").netTvpi)
                .isEqualTo(1.36, EXACT);
        // Past the hurdle of 0.36048896 the catch-up takes all until a fifth of the profit is reached.
        assertThat(outcome("{'carry': {'rate': 20, 'hurdle': 8}, 'stages': [" + exit(48, 1.4) + "]}").netTvpi)
                .isEqualTo(Math.pow(1.08, 4), EXACT);
        assertThat(outcome("{'carry': {'rate': 20, 'hurdle': 8}, 'stages': [" + exit(48, 1.5) + "]}").netTvpi)
                .isEqualTo(1.4, EXACT);
    }

    @Test
    void letsTheGeneralPartnersMoneyWorkWithoutFeeOrCarry() {
        PathSimulator simulator = simulator("""
                {'fund': {'gpCommitment': 10}, 'fees': {'management': 5}, 'carry': {'rate': 20},
                 'stages': [{'cheque': 82000000, 'postMoney': 2e8, 'exit': 100, 'monthsToExit': 48, 'exitMultiple': 3}]}
                """);
        PathOutcome outcome = simulator.simulate(1, 0);

        // The limited partners' 90 pay 18 in fees; the general partner's 10 are 10/82 of what is invested.
        double toLimited = 246.0 * 72 / 82;
        double carry = 0.2 * (toLimited - 90);
        assertThat(outcome.netTvpi).isEqualTo((toLimited - carry) / 90, EXACT);
        assertThat(simulator.waterfall().paidIn()).isEqualTo(90e6, within(1e-3));
        assertThat(simulator.waterfall().carryPaid()).isEqualTo(carry * 1e6, within(1e-3));
    }

    @Test
    void endsFeesWhenTheLastCompanyIsSold() {
        PathSimulator simulator = simulator("""
                {'fees': {'management': 2},
                 'stages': [{'cheque': 90000000, 'postMoney': 2e8, 'exit': 100, 'monthsToExit': 12, 'exitMultiple': 3}]}
                """);
        PathOutcome outcome = simulator.simulate(1, 0);

        assertThat(simulator.waterfall().paidIn()).isEqualTo(92e6, within(1e-3));
        assertThat(outcome.netTvpi).isEqualTo(270.0 / 92, EXACT);
        assertThat(outcome.dpiByYear)
                .containsExactly(new double[] {270.0 / 92, 270.0 / 92, 270.0 / 92, 270.0 / 92}, EXACT);
    }

    @Test
    void sellsWhatIsLeftAtADiscountInTheEnd() {
        PathOutcome outcome = outcome("""
                {'liquidation': {'discount': 40},
                 'stages': [
                  {'allocation': 100, 'cheque': 1e8, 'postMoney': 2e8, 'graduation': 100, 'exit': 0, 'monthsToGraduate': 40},
                  {'postMoney': 2e8, 'dilution': 0, 'exit': 100, 'monthsToExit': 40, 'exitMultiple': 9}]}
                """);

        assertThat(outcome.netTvpi).isEqualTo(0.6, EXACT);
        assertThat(outcome.netRvpi).isZero();
        assertThat(outcome.lossRatio).isEqualTo(100, EXACT);
    }

    @Test
    void valuesWhatIsHeldAtTheLastRoundBeforeTheEnd() {
        String stages = """
                'stages': [
                  {'allocation': 100, 'cheque': 1e8, 'postMoney': 1e9, 'graduation': 100, 'exit': 0, 'monthsToGraduate': 12},
                  {'postMoney': 4e9, 'dilution': 20, 'exit': 100, 'monthsToExit': 24, 'exitMultiple': 2}]
                """;
        PathOutcome early = outcome("{'fund': {'asOfYear': 2}, 'carry': {'rate': 20}," + stages + "}");
        PathOutcome end = outcome("{'carry': {'rate': 20}," + stages + "}");

        // A tenth, diluted to 8%, of 4 billion: 320 on 100, 44 of it carry if it were sold now.
        assertThat(early.grossRvpi).isEqualTo(3.2, EXACT);
        assertThat(early.netDpi).isZero();
        assertThat(early.netRvpi).isEqualTo(3.2 - 0.44, EXACT);
        assertThat(early.netIrr).isEqualTo(100 * (Math.sqrt(2.76) - 1), EXACT);
        assertThat(end.grossTvpi).isEqualTo(6.4, EXACT);
        assertThat(end.rvpiByYear).containsExactly(new double[] {1, 2.76, 0, 0}, EXACT);
        assertThat(end.dpiByYear).containsExactly(new double[] {0, 0, 5.32, 5.32}, EXACT);
        assertThat(end.cashByYear).containsExactly(new double[] {-1, -1, 4.32, 4.32}, EXACT);
    }

    @Test
    void keepsItsOwnershipByFollowingOnProRata() {
        PathSimulator simulator = simulator(followOn(50, 100, 100));
        PathOutcome outcome = simulator.simulate(1, 0);

        // A tenth of the 20% sold at 400M costs 8M, and a tenth is held still: 40M at the exit, for 18M; five times.
        assertThat(simulator.holdings().invested()).isEqualTo(5 * 18e6, within(1e-3));
        assertThat(outcome.grossTvpi).isEqualTo(40.0 / 18, EXACT);
    }

    @Test
    void followsOnNoFurtherThanTheReserveOrTheLimitPerCompany() {
        PathSimulator byReserve = simulator(followOn(20, 100, 100));
        byReserve.simulate(1, 0);
        PathSimulator byLimit = simulator(followOn(50, 100, 15));
        byLimit.simulate(1, 0);

        // Eight companies want 8M each of 20M; five that got 10M may have 5M more.
        assertThat(byReserve.holdings().invested()).isEqualTo(80e6 + 20e6, within(1e-3));
        assertThat(byLimit.holdings().invested()).isEqualTo(5 * 15e6, within(1e-3));
    }

    @Test
    void reinvestsEarlyProceedsUpToTheCap() {
        PathSimulator simulator =
                simulator("{'recycling': {'cap': 100, 'untilYear': 4}, 'stages': [" + exit(12, 1.5) + "]}");
        PathOutcome outcome = simulator.simulate(1, 0);

        // 150 come back after a year: 100 buy a second company, 50 go out; it brings 150 again, a year later.
        assertThat(simulator.recycled()).isEqualTo(100e6, within(1e-3));
        assertThat(outcome.grossTvpi).isEqualTo(1.5, EXACT);
        assertThat(outcome.netTvpi).isEqualTo(2, EXACT);
        assertThat(outcome.dpiByYear).containsExactly(new double[] {0.5, 2, 2, 2}, EXACT);
    }

    @Test
    void letsGoOfRecycledMoneyThatMakesNoWholeCheque() {
        PathSimulator simulator =
                simulator("{'recycling': {'cap': 60, 'untilYear': 2}, 'stages': [" + exit(12, 1.5) + "]}");
        PathOutcome outcome = simulator.simulate(1, 0);

        // 60 are held back for a cheque of 100, in vain, until the second year is over.
        assertThat(simulator.recycled()).isZero();
        assertThat(outcome.dpiByYear).containsExactly(new double[] {0.9, 0.9, 1.5, 1.5}, EXACT);
    }

    @Test
    void matchesTheBinomialOfAllOrNothingCompanies() {
        PathSimulator simulator = simulator("""
                {'stages': [{'cheque': 1e7, 'postMoney': 1e8, 'graduation': 0, 'exit': 30,
                             'monthsToExit': 24, 'exitMultiple': 5}]}
                """);
        int paths = 40_000;
        int[] wins = new int[11];
        int[] none = new int[1];
        for (int path = 0; path < paths; path++) {
            PathOutcome outcome = simulator.simulate(99, path);
            wins[(int) Math.round(outcome.netTvpi * 2)]++;
            none[0] += Double.isNaN(outcome.netIrr) ? 1 : 0;
        }
        double choose = 1;
        for (int k = 0; k <= 10; k++) {
            double chance = choose * Math.pow(0.3, k) * Math.pow(0.7, 10 - k);
            double deviation = Math.sqrt(paths * chance * (1 - chance));
            assertThat((double) wins[k]).as("%d of 10", k).isEqualTo(paths * chance, within(4 * deviation + 1));
            choose = choose * (10 - k) / (k + 1);
        }
        assertThat(none[0]).isEqualTo(wins[0]);
    }

    @Test
    void matchesTheQuantilesOfALognormalExit() {
        PathSimulator simulator =
                simulator("{'stages': [{'cheque': 1e8, 'postMoney': 2e8, 'exit': 100, 'monthsToExit': 24,"
                        + " 'exitMultiple': {'median': 2, 'p90': 6}}]}");
        int paths = 40_000;
        double[] multiples = new double[paths];
        for (int path = 0; path < paths; path++) {
            multiples[path] = simulator.simulate(4, path).netTvpi;
        }
        Arrays.sort(multiples);
        double sigma = Math.log(3) / 1.2815515655446004;
        double[][] shareAndDeviations = {
            {0.05, -1.6448536}, {0.25, -0.6744898}, {0.5, 0}, {0.75, 0.6744898}, {0.95, 1.6448536}
        };
        for (double[] point : shareAndDeviations) {
            double exact = 2 * Math.exp(sigma * point[1]);
            double density = Math.exp(-point[1] * point[1] / 2) / Math.sqrt(2 * Math.PI) / sigma / exact;
            double error = Math.sqrt(point[0] * (1 - point[0]) / paths) / density;
            assertThat(multiples[(int) (point[0] * paths)]).isEqualTo(exact, within(4 * error));
        }
    }

    @Test
    void drawsStageOutcomesAtTheirRates() {
        PathSimulator simulator = simulator("""
                {'fund': {'lifeYears': 20, 'investmentYears': 4},
                 'stages': [{'allocation': 100, 'cheque': 1e6, 'postMoney': 1e7, 'graduation': 40, 'exit': 25,
                             'monthsToGraduate': 12, 'monthsToExit': 12, 'exitMultiple': 10},
                            {'postMoney': 1e7, 'dilution': 0, 'exit': 50, 'monthsToExit': 12, 'exitMultiple': 10}]}
                """);
        double sum = 0;
        int paths = 400;
        for (int path = 0; path < paths; path++) {
            sum += simulator.simulate(8, path).lossRatio;
        }
        // 35% fail at once, and half of the 40% that graduate: 55%, over 40,000 companies.
        assertThat(sum / paths).isEqualTo(55, within(100 * 4 * Math.sqrt(0.55 * 0.45 / 40_000)));
    }

    @Test
    void keepsItsAccountsOnEveryPath() {
        FundPlan plan = new FundPlan(FundInputReader.read("{}"));
        PathSimulator simulator = new PathSimulator(plan);
        for (int path = 0; path < 3_000; path++) {
            PathOutcome outcome = simulator.simulate(17, path);
            Waterfall waterfall = simulator.waterfall();
            Holdings holdings = simulator.holdings();

            assertThat(outcome.netTvpi).isEqualTo(outcome.netDpi + outcome.netRvpi, EXACT);
            assertThat(outcome.grossTvpi).isEqualTo(outcome.grossDpi + outcome.grossRvpi, EXACT);
            assertThat(outcome.grossTvpi).isGreaterThanOrEqualTo(outcome.netTvpi);
            assertThat(waterfall.paidIn()).isLessThanOrEqualTo(plan.lpCommitments() + 1e-3);
            assertThat(Arrays.stream(simulator.netFlows()).sum())
                    .isEqualTo(waterfall.distributed() - waterfall.paidIn(), within(1e-3));
            assertThat(waterfall.distributed() + waterfall.carryPaid())
                    .isEqualTo((holdings.proceeds() - simulator.recycled()) * (1 - plan.gpShare()), within(1e-3));
            assertThat(waterfall.carryPaid())
                    .isLessThanOrEqualTo(
                            0.2 * Math.max(0, waterfall.distributed() + waterfall.carryPaid() - waterfall.paidIn())
                                    + 1e-3);
            assertThat(holdings.isEmpty()).isTrue();
            assertThat(outcome.cashByYear[11] * plan.lpCommitments())
                    .isEqualTo(waterfall.distributed() - waterfall.paidIn(), within(1e-3));
        }
    }

    private static String exit(int months, double multiple) {
        return "{'cheque': 1e8, 'postMoney': 2e8, 'exit': 100, 'monthsToExit': %d, 'exitMultiple': %s}"
                .formatted(months, multiple);
    }

    /** Buys a tenth of each company for $10M; a year later it sells 20% at $400M, and a year later all at that. */
    private static String followOn(int ratio, int proRata, int maxPerCompany) {
        return """
                {'reserves': {'ratio': %d, 'proRata': %d}, 'portfolio': {'maxPerCompany': %d},
                 'stages': [
                  {'allocation': 100, 'cheque': 1e7, 'postMoney': 1e8, 'graduation': 100, 'exit': 0, 'monthsToGraduate': 12},
                  {'postMoney': 4e8, 'dilution': 20, 'exit': 100, 'monthsToExit': 12, 'exitMultiple': 1}]}
                """.formatted(ratio, proRata, maxPerCompany);
    }
}
