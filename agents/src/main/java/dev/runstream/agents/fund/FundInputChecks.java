package dev.runstream.agents.fund;

import dev.runstream.agents.fund.FundInput.Stage;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import java.util.List;

/**
 * Checks what several fields say together. A check is left out where one of its fields is wrong by itself, so that one
 * mistake is told once.
 */
final class FundInputChecks {
    /** The most companies that initial cheques and recycling may come to; it bounds the time of one path. */
    static final int MAX_COMPANIES = 1_000;

    private final FundInput input;
    private final List<FieldFault> faults;

    FundInputChecks(FundInput input, List<FieldFault> faults) {
        this.input = input;
        this.faults = faults;
    }

    void check() {
        if (sound("carry")) {
            catchUp();
        }
        for (int i = 0; i < input.stages().size(); i++) {
            String path = "stages." + i;
            if (sound("fund.lifeYears", path + ".monthsToGraduate")) {
                withinLife(path + ".monthsToGraduate", input.stages().get(i).monthsToGraduate());
            }
            if (sound("fund.lifeYears", path + ".monthsToExit")) {
                withinLife(path + ".monthsToExit", input.stages().get(i).monthsToExit());
            }
        }
        boolean allocated = sound("stages") && allocations();
        if (sound("fund", "fees") && investable() && allocated && sound("reserves", "portfolio", "recycling")) {
            cheques();
        }
    }

    private void catchUp() {
        double rate = input.carry().rate();
        double catchUp = input.carry().catchUp();
        if (catchUp > 0 && catchUp <= rate) {
            fault(
                    "carry.catchUp",
                    "must be 0 for none, or above the carry rate of " + Plain.number(rate) + ", but was "
                            + Plain.number(catchUp));
        }
    }

    private void withinLife(String path, Distribution months) {
        int life = 12 * input.fund().lifeYears();
        if (months.median() > life) {
            fault(
                    path,
                    "must have its median within the fund's life of " + life + " months, but it is "
                            + Plain.number(months.median()));
        }
    }

    private boolean allocations() {
        double sum = 0;
        int first = -1;
        for (int i = 0; i < input.stages().size(); i++) {
            double allocation = input.stages().get(i).allocation();
            sum += allocation;
            first = first < 0 && allocation > 0 ? i : first;
        }
        if (Math.abs(sum - 100) > 1e-6) {
            fault(
                    "stages." + Math.max(first, 0) + ".allocation",
                    "the allocations of all stages must come to 100, but come to " + Plain.number(sum));
            return false;
        }
        return true;
    }

    private boolean investable() {
        FundPlan plan = new FundPlan(withoutCheques());
        if (plan.investable() > 0 && plan.managementFees() < plan.lpCommitments()) {
            return true;
        }
        fault(
                plan.managementFees() >= plan.expenses() ? "fees.management" : "fees.expenses",
                "management fees of " + Plain.dollars(plan.managementFees()) + " and expenses of "
                        + Plain.dollars(plan.expenses()) + " over the fund's life leave nothing of "
                        + Plain.dollars(input.fund().size()) + " to invest");
        return false;
    }

    private void cheques() {
        FundPlan plan = new FundPlan(withoutCheques());
        double mostPerCompany = input.fund().size() * input.portfolio().maxPerCompany() / 100;
        double companies = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < input.stages().size(); i++) {
            Stage stage = input.stages().get(i);
            if (stage.allocation() > 0) {
                double budget = plan.initialCapital() * stage.allocation() / 100;
                cheque("stages." + i + ".cheque", stage, budget, mostPerCompany);
                companies += Math.floor(budget / stage.cheque());
                smallest = Math.min(smallest, stage.cheque());
            }
        }
        companies += input.fund().size() * input.recycling().cap() / 100 / smallest;
        if (companies > MAX_COMPANIES) {
            fault(
                    "stages",
                    "initial cheques and recycling could come to " + Plain.number(Math.floor(companies))
                            + " companies; at most " + MAX_COMPANIES + " are simulated, so write larger cheques");
        }
    }

    private void cheque(String path, Stage stage, double budget, double mostPerCompany) {
        String given = "a cheque of " + Plain.dollars(stage.cheque());
        if (stage.cheque() > budget * (1 + 1e-9)) {
            fault(
                    path,
                    given + " is more than the " + Plain.dollars(budget) + " that " + Plain.number(stage.allocation())
                            + "% of the initial capital gives this stage");
        } else if (stage.cheque() > stage.postMoney()) {
            fault(path, given + " is more than the company's value of " + Plain.dollars(stage.postMoney()));
        } else if (stage.cheque() > mostPerCompany * (1 + 1e-9)) {
            fault(path, given + " is more than portfolio.maxPerCompany allows, " + Plain.dollars(mostPerCompany));
        }
    }

    /** A plan of the budget alone, which is safe to make before cheques were checked. */
    private FundInput withoutCheques() {
        return new FundInput(
                input.paths(),
                input.seed(),
                input.fund(),
                input.fees(),
                input.carry(),
                input.portfolio(),
                List.of(),
                input.reserves(),
                input.recycling(),
                input.liquidation());
    }

    /** Whether none of the fields, nor any field inside them, has a fault so far. */
    private boolean sound(String... paths) {
        for (String path : paths) {
            for (FieldFault fault : faults) {
                if (fault.field().equals(path) || fault.field().startsWith(path + ".")) {
                    return false;
                }
            }
        }
        return true;
    }

    private void fault(String path, String message) {
        faults.add(new FieldFault(path, message));
    }
}
