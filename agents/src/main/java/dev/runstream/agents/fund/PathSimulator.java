package dev.runstream.agents.fund;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Lives a fund through once, quarter by quarter.
 *
 * <p>At each quarter-end, in this order: exits and write-offs, distributions, the year's figures, then what the coming
 * quarter costs: fees, expenses, cheques. A fund that has sold its last company and has no cheque left to pay is wound up
 * and costs nothing more. Money in dollars, flows of the limited partners unless said otherwise.
 * Confined to one thread; the same object lives as many paths as you like.
 */
final class PathSimulator {
    // immutable
    private final FundPlan plan;
    private final FundInput input;
    private final int quarters;
    private final int asOfQuarter;
    private final int lastRecyclingQuarter;
    private final double recyclingCap;
    private final double gpShare;
    private final double lpCommitments;
    private final double[] feeByYear;
    // scratch of the current path
    private final PathRandom random = new PathRandom();
    private final Holdings holdings;
    private final Waterfall waterfall;
    private final double[] netFlows;
    private final double[] grossFlows;
    private final int[] recycledCheques;
    private final PathOutcome outcome;
    private int nextCheque;
    private double reserve;
    private double recycled;
    private double recyclable;
    private boolean woundUp;

    PathSimulator(FundPlan plan) {
        this.plan = plan;
        input = plan.input();
        quarters = plan.quarters();
        asOfQuarter = input.fund().asOfYear() * FundPlan.QUARTERS_A_YEAR;
        lastRecyclingQuarter = input.recycling().untilYear() * FundPlan.QUARTERS_A_YEAR;
        recyclingCap = input.fund().size() * input.recycling().cap() / 100;
        gpShare = plan.gpShare();
        lpCommitments = plan.lpCommitments();
        feeByYear = IntStream.range(0, input.fund().lifeYears())
                .mapToDouble(plan::feeOfYear)
                .toArray();
        holdings = new Holdings(plan, random);
        waterfall = new Waterfall(input.carry());
        netFlows = new double[quarters + 1];
        grossFlows = new double[quarters + 1];
        recycledCheques = new int[input.stages().size()];
        outcome = new PathOutcome(input.fund().lifeYears());
    }

    /** One path; the outcome is overwritten by the next call. */
    PathOutcome simulate(long seed, long path) {
        random.start(seed, path);
        reset();
        for (int quarter = 0; quarter <= quarters; quarter++) {
            takeIn(quarter);
            if (quarter > 0 && quarter % FundPlan.QUARTERS_A_YEAR == 0) {
                closeYear(quarter / FundPlan.QUARTERS_A_YEAR - 1);
            }
            if (quarter == asOfQuarter) {
                measure();
            }
            if (!woundUp) {
                payOut(quarter);
            }
        }
        return outcome;
    }

    /** What the last path's partners paid in and got, for tests of its sums. */
    Waterfall waterfall() {
        return waterfall;
    }

    Holdings holdings() {
        return holdings;
    }

    /** Flows of the last path's limited partners by quarter-end, from the first closing. */
    double[] netFlows() {
        return netFlows.clone();
    }

    /** Dollars of the last path's proceeds that were reinvested. */
    double recycled() {
        return recycled;
    }

    private void reset() {
        holdings.reset();
        waterfall.reset();
        Arrays.fill(netFlows, 0);
        Arrays.fill(grossFlows, 0);
        Arrays.fill(recycledCheques, 0);
        nextCheque = 0;
        reserve = plan.reserves();
        recycled = 0;
        recyclable = 0;
        woundUp = false;
    }

    private void takeIn(int quarter) {
        waterfall.accrue();
        double proceeds = holdings.realise(quarter);
        if (quarter == quarters) {
            proceeds += holdings.liquidate(1 - input.liquidation().discount() / 100);
        }
        grossFlows[quarter] += proceeds;
        distribute(quarter, proceeds - keepForRecycling(quarter, proceeds));
        boolean over = quarter == quarters || (holdings.isEmpty() && nextCheque == plan.cheques() && recyclable == 0);
        if (over && !woundUp) {
            woundUp = true;
            netFlows[quarter] += waterfall.clawBack();
        }
    }

    private void distribute(int quarter, double amount) {
        if (amount > 0) {
            netFlows[quarter] += waterfall.distribute(amount * (1 - gpShare));
        }
    }

    /** How much of the proceeds stays in the fund; below 0 where kept money found no use and is let go. */
    private double keepForRecycling(int quarter, double proceeds) {
        double kept = quarter > lastRecyclingQuarter || quarter == quarters
                ? -recyclable
                : Math.min(proceeds, recyclingCap - recycled - recyclable);
        recyclable += kept;
        return kept;
    }

    private void payOut(int quarter) {
        double invested = holdings.followOn(quarter, reserve);
        reserve -= invested;
        while (nextCheque < plan.cheques() && plan.quarterOfCheque(nextCheque) == quarter) {
            invested += holdings.buy(plan.stageOfCheque(nextCheque++), quarter);
        }
        double reinvested = reinvest(quarter);
        grossFlows[quarter] -= invested + reinvested;

        double fees = feeByYear[quarter / FundPlan.QUARTERS_A_YEAR] / FundPlan.QUARTERS_A_YEAR;
        double expenses = input.fees().expenses() / FundPlan.QUARTERS_A_YEAR;
        double call = fees + (invested + expenses) * (1 - gpShare);
        netFlows[quarter] -= call;
        waterfall.call(call);
    }

    /** Buys further companies with recycled money while it pays for the next whole cheque. */
    private double reinvest(int quarter) {
        double spent = 0;
        while (quarter <= lastRecyclingQuarter && recyclable > 0) {
            int stage = nextRecycledStage();
            if (stage < 0 || input.stages().get(stage).cheque() > recyclable) {
                break;
            }
            double cheque = holdings.buy(stage, quarter);
            recycledCheques[stage]++;
            recyclable -= cheque;
            recycled += cheque;
            spent += cheque;
        }
        return spent;
    }

    /** The stage whose recycled cheques lag most behind the mix of the initial ones. */
    private int nextRecycledStage() {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int stage = 0; stage < recycledCheques.length; stage++) {
            if (plan.chequesAt(stage) > 0) {
                double progress = (recycledCheques[stage] + 1.0) / plan.chequesAt(stage);
                if (progress < least) {
                    least = progress;
                    best = stage;
                }
            }
        }
        return best;
    }

    private void closeYear(int year) {
        double paidIn = waterfall.paidIn();
        outcome.cashByYear[year] = (waterfall.distributed() - paidIn) / lpCommitments;
        outcome.dpiByYear[year] = multiple(waterfall.distributed(), paidIn);
        outcome.rvpiByYear[year] = multiple(netValue(), paidIn);
        outcome.tvpiByYear[year] = outcome.dpiByYear[year] + outcome.rvpiByYear[year];
    }

    private void measure() {
        double netValue = netValue();
        outcome.netDpi = multiple(waterfall.distributed(), waterfall.paidIn());
        outcome.netRvpi = multiple(netValue, waterfall.paidIn());
        outcome.netTvpi = outcome.netDpi + outcome.netRvpi;
        outcome.netIrr = rate(netFlows, netValue);
        outcome.grossDpi = multiple(holdings.proceeds(), holdings.invested());
        outcome.grossRvpi = multiple(holdings.value(), holdings.invested());
        outcome.grossTvpi = outcome.grossDpi + outcome.grossRvpi;
        outcome.grossIrr = rate(grossFlows, holdings.value());
        outcome.lossRatio = holdings.lossRatio();
        outcome.bestCompanyShare = holdings.bestShare();
    }

    /** The limited partners' part of what the fund holds, after the carry that selling it all now would bring. */
    private double netValue() {
        return waterfall.valueToPartners((holdings.value() + recyclable) * (1 - gpShare));
    }

    /** With what is still held counted as if it came back at the end of the as-of year. */
    private double rate(double[] flows, double value) {
        double flow = flows[asOfQuarter];
        flows[asOfQuarter] = flow + value;
        double percent = InternalRate.percent(flows, asOfQuarter + 1);
        flows[asOfQuarter] = flow;
        return percent;
    }

    private static double multiple(double amount, double of) {
        return of == 0 ? 0 : amount / of;
    }
}
