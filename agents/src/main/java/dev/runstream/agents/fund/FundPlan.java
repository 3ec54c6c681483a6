package dev.runstream.agents.fund;

import dev.runstream.agents.fund.FundInput.Fund;
import dev.runstream.agents.fund.FundInput.Stage;
import java.util.List;

/**
 * What follows from an input before anything is drawn: budget, cheques, and who pays what in which quarter.
 *
 * <p>The general partner pays no management fee, so all its money goes into companies and expenses; hence its share of
 * these is a little above its share of the commitments. Immutable; safe for any thread.
 */
final class FundPlan {
    static final int QUARTERS_A_YEAR = 4;

    private final FundInput input;
    private final double managementFees;
    private final int[] chequesByStage;
    private final double chequeTotal;
    private final int[] stageOfCheque;
    private final int[] quarterOfCheque;

    FundPlan(FundInput input) {
        this.input = input;
        double fees = 0;
        for (int year = 0; year < input.fund().lifeYears(); year++) {
            fees += feeOfYear(year);
        }
        managementFees = fees;
        List<Stage> stages = input.stages();
        chequesByStage = new int[stages.size()];
        double total = 0;
        int count = 0;
        for (int i = 0; i < stages.size(); i++) {
            chequesByStage[i] = wholeCheques(stages.get(i));
            total += chequesByStage[i] * stages.get(i).cheque();
            count += chequesByStage[i];
        }
        chequeTotal = total;
        stageOfCheque = new int[count];
        quarterOfCheque = new int[count];
        schedule();
    }

    FundInput input() {
        return input;
    }

    /** Quarters from the first closing to the end; quarter-ends are numbered from 1 to this. */
    int quarters() {
        return input.fund().lifeYears() * QUARTERS_A_YEAR;
    }

    double lpCommitments() {
        return input.fund().size() * (1 - input.fund().gpCommitment() / 100);
    }

    /** Over the whole life. */
    double managementFees() {
        return managementFees;
    }

    /** Over the whole life. */
    double expenses() {
        return input.fees().expenses() * input.fund().lifeYears();
    }

    /** What is left for companies, without recycling. */
    double investable() {
        return input.fund().size() - managementFees - expenses();
    }

    double reserves() {
        return investable() * input.reserves().ratio() / 100;
    }

    double initialCapital() {
        return investable() - reserves();
    }

    /** What the limited partners are due in management fees for a year, from 0. */
    double feeOfYear(int year) {
        FundInput.Fees fees = input.fees();
        int stepsDown = year - input.fund().investmentYears() + 1;
        double rate = stepsDown <= 0
                ? fees.management()
                : Math.max(fees.floor(), fees.management() * (1 - fees.stepDown() / 100 * stepsDown));
        return lpCommitments() * rate / 100;
    }

    /** The general partner's part of investments, expenses and what comes back before carry, from 0 to 1. */
    double gpShare() {
        Fund fund = input.fund();
        return fund.size() * fund.gpCommitment() / 100 / (fund.size() - managementFees);
    }

    int chequesAt(int stage) {
        return chequesByStage[stage];
    }

    /** Initial cheques without those paid out of recycled proceeds. */
    int cheques() {
        return stageOfCheque.length;
    }

    /** Dollars of all initial cheques. */
    double chequeTotal() {
        return chequeTotal;
    }

    /** Initial cheques are numbered in the order they are paid. */
    int stageOfCheque(int cheque) {
        return stageOfCheque[cheque];
    }

    int quarterOfCheque(int cheque) {
        return quarterOfCheque[cheque];
    }

    /** The largest number of companies that a path can come to, recycling included. */
    int mostCompanies() {
        double recyclable = input.fund().size() * input.recycling().cap() / 100;
        double smallest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < chequesByStage.length; i++) {
            if (chequesByStage[i] > 0) {
                smallest = Math.min(smallest, input.stages().get(i).cheque());
            }
        }
        return cheques() + 1 + (int) Math.min(1_000_000, recyclable / smallest);
    }

    /** How many cheques the stage's part of the initial capital pays for. */
    private int wholeCheques(Stage stage) {
        if (stage.allocation() == 0) {
            return 0;
        }
        // A part that makes exactly n cheques must not come to n - 1 by a rounded last digit.
        double cheques = initialCapital() * stage.allocation() / 100 / stage.cheque() * (1 + 1e-12);
        return (int) Math.clamp(Math.floor(cheques), 0, 1_000_000);
    }

    /** Spreads each stage's cheques evenly over the deployment. */
    private void schedule() {
        double deployQuarters = input.portfolio().deployYears() * QUARTERS_A_YEAR;
        int next = 0;
        for (int quarter = 0; next < stageOfCheque.length; quarter++) {
            for (int stage = 0; stage < chequesByStage.length; stage++) {
                for (int i = 0; i < chequesByStage[stage]; i++) {
                    if ((int) ((i + 0.5) / chequesByStage[stage] * deployQuarters) == quarter) {
                        stageOfCheque[next] = stage;
                        quarterOfCheque[next++] = quarter;
                    }
                }
            }
        }
    }
}
