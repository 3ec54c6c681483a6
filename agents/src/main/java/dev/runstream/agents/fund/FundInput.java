package dev.runstream.agents.fund;

import java.util.List;
import java.util.OptionalLong;

/**
 * A checked input with every default filled in; money in dollars, percentages as percent numbers (2.5 is 2.5%).
 *
 * @param paths how many lives of the fund to simulate
 * @param seed of the random numbers; empty where none was given
 * @param stages the rounds a company can raise, earliest first; a graduate of one enters the next
 */
record FundInput(
        long paths,
        OptionalLong seed,
        Fund fund,
        Fees fees,
        Carry carry,
        Portfolio portfolio,
        List<Stage> stages,
        Reserves reserves,
        Recycling recycling,
        Liquidation liquidation) {

    FundInput {
        stages = List.copyOf(stages);
    }

    FundInput withSeed(long drawn) {
        return new FundInput(
                paths, OptionalLong.of(drawn), fund, fees, carry, portfolio, stages, reserves, recycling, liquidation);
    }

    /**
     * @param size commitments of all partners
     * @param gpCommitment percent of the size that the general partner commits
     * @param asOfYear the year at whose end the multiples and rates of return are taken
     */
    record Fund(double size, double gpCommitment, int lifeYears, int investmentYears, int asOfYear) {}

    /**
     * @param management percent of the limited partners' commitments a year, in the investment period
     * @param stepDown percent of {@code management} by which the fee falls each year after it
     * @param floor percent of commitments that the fee never falls below
     * @param expenses dollars a year
     */
    record Fees(double management, double stepDown, double floor, double expenses) {}

    /**
     * @param rate percent of profits
     * @param hurdle percent a year, compounded
     * @param catchUp percent of distributions that go to the general partner while it catches up; 0 for none
     */
    record Carry(double rate, double hurdle, double catchUp) {}

    /**
     * @param deployYears over which the initial cheques are spread
     * @param maxPerCompany percent of the size that may go into one company, follow-ons included
     */
    record Portfolio(double deployYears, double maxPerCompany) {}

    /**
     * @param allocation percent of the initial capital that enters companies at this stage
     * @param cheque dollars of an initial cheque
     * @param postMoney value of the company after this stage's round
     * @param dilution percent of the company sold in this round, borne by who held it before
     * @param rates what becomes of the companies at this stage
     * @param exitMultiple value of the whole company at its exit ÷ {@code postMoney}
     */
    record Stage(
            String name,
            double allocation,
            double cheque,
            double postMoney,
            double dilution,
            StageRates rates,
            Distribution monthsToGraduate,
            Distribution monthsToExit,
            Distribution exitMultiple) {}

    /**
     * @param ratio percent of the investable capital kept for follow-ons
     * @param proRata percent of the pro-rata right that is taken up in each follow-on
     */
    record Reserves(double ratio, double proRata) {}

    /**
     * @param cap percent of the size that may be reinvested out of proceeds
     * @param untilYear the end of this year is the last moment for it
     */
    record Recycling(double cap, int untilYear) {}

    /** @param discount percent off the last round's value for what is still held when the fund ends */
    record Liquidation(double discount) {}
}
