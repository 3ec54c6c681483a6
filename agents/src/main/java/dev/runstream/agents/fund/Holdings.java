package dev.runstream.agents.fund;

import dev.runstream.agents.fund.Distribution.Sampler;
import dev.runstream.agents.fund.FundInput.Stage;
import java.util.Arrays;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The companies of one path: bought, raising further rounds, sold or written off.
 *
 * <p>Each company has at most one thing ahead of it, in the list of the quarter-end at which that falls due; what falls
 * after the fund's end is in none. Values are marks to the last round. Confined to one thread.
 */
final class Holdings {
    private static final int NONE = -1;
    private static final double MONTHS_A_QUARTER = 3;

    // immutable
    private final Stage[] stages;
    private final Sampler[] monthsToGraduate;
    private final Sampler[] monthsToExit;
    private final Sampler[] exitMultiple;
    private final int quarters;
    private final double proRata;
    private final double mostPerCompany;
    private final RandomGenerator random;
    // companies, by number
    private final int[] stageOf;
    private final double[] ownership;
    private final double[] cost;
    private final double[] realised;
    private final boolean[] fails;
    private final int[] nextDue;
    // lists, by quarter-end
    private final int[] firstEnding;
    private final int[] firstRaising;
    // of the current path
    private int companies;
    private int held;
    private double invested;
    private double proceeds;
    private double value;

    Holdings(FundPlan plan, RandomGenerator random) {
        FundInput input = plan.input();
        this.stages = input.stages().toArray(Stage[]::new);
        this.monthsToGraduate = samplers(Stage::monthsToGraduate);
        this.monthsToExit = samplers(Stage::monthsToExit);
        this.exitMultiple = samplers(Stage::exitMultiple);
        this.quarters = plan.quarters();
        this.proRata = input.reserves().proRata() / 100;
        this.mostPerCompany = input.fund().size() * input.portfolio().maxPerCompany() / 100;
        this.random = random;
        int most = plan.mostCompanies();
        stageOf = new int[most];
        ownership = new double[most];
        cost = new double[most];
        realised = new double[most];
        fails = new boolean[most];
        nextDue = new int[most];
        firstEnding = new int[quarters + 1];
        firstRaising = new int[quarters + 1];
    }

    void reset() {
        companies = 0;
        held = 0;
        invested = 0;
        proceeds = 0;
        value = 0;
        Arrays.fill(firstEnding, NONE);
        Arrays.fill(firstRaising, NONE);
    }

    /** Pays an initial cheque, and returns it. */
    double buy(int stage, int quarter) {
        int company = companies++;
        held++;
        double cheque = stages[stage].cheque();
        ownership[company] = cheque / stages[stage].postMoney();
        cost[company] = cheque;
        realised[company] = 0;
        invested += cheque;
        value += cheque;
        enter(company, stage, quarter);
        return cheque;
    }

    /** Sells or writes off what ends at this quarter-end, and returns the proceeds. */
    double realise(int quarter) {
        double sum = 0;
        for (int company = firstEnding[quarter]; company != NONE; company = nextDue[company]) {
            double mark = mark(company);
            double got = fails[company] ? 0 : mark * exitMultiple[stageOf[company]].sample(random);
            sum += end(company, mark, got);
        }
        return sum;
    }

    /**
     * Takes the companies that raise at this quarter-end into their next stage, follows on with what the reserve has,
     * and returns what that cost.
     */
    double followOn(int quarter, double reserve) {
        double spent = 0;
        int next;
        for (int company = firstRaising[quarter]; company != NONE; company = next) {
            next = nextDue[company];
            double before = mark(company);
            Stage round = stages[stageOf[company] + 1];
            double sold = round.dilution() / 100;
            double wanted = proRata * ownership[company] * sold * round.postMoney();
            double cheque = Math.max(0, Math.min(wanted, Math.min(reserve - spent, mostPerCompany - cost[company])));
            ownership[company] = ownership[company] * (1 - sold) + cheque / round.postMoney();
            cost[company] += cheque;
            invested += cheque;
            spent += cheque;
            enter(company, stageOf[company] + 1, quarter);
            value += mark(company) - before;
        }
        return spent;
    }

    /** Sells everything still held at this share of its mark, and returns the proceeds. */
    double liquidate(double shareOfMark) {
        double sum = 0;
        for (int company = 0; company < companies; company++) {
            double mark = mark(company);
            if (mark > 0) {
                sum += end(company, mark, mark * shareOfMark);
            }
        }
        return sum;
    }

    /** Whether every company was sold or written off. */
    boolean isEmpty() {
        return held == 0;
    }

    double invested() {
        return invested;
    }

    double proceeds() {
        return proceeds;
    }

    /** What is held, at the price of each company's last round. */
    double value() {
        // Adding and taking away leaves dust where nothing is held.
        return held == 0 ? 0 : Math.max(0, value);
    }

    /** Percent of the invested money that went into companies now worth less than was put in, exits included. */
    double lossRatio() {
        double lost = 0;
        for (int company = 0; company < companies; company++) {
            if (realised[company] + mark(company) < cost[company] * (1 - 1e-12)) {
                lost += cost[company];
            }
        }
        return invested == 0 ? 0 : 100 * lost / invested;
    }

    /** Percent of all proceeds that came from the one best company; NaN where there are none. */
    double bestShare() {
        double best = 0;
        double sum = 0;
        for (int company = 0; company < companies; company++) {
            best = Math.max(best, realised[company]);
            sum += realised[company];
        }
        return sum == 0 ? Double.NaN : 100 * best / sum;
    }

    private double mark(int company) {
        return ownership[company] * stages[stageOf[company]].postMoney();
    }

    private double end(int company, double mark, double got) {
        held--;
        value -= mark;
        ownership[company] = 0;
        realised[company] = got;
        proceeds += got;
        return got;
    }

    /** Draws what becomes of a company in this stage, and when. */
    private void enter(int company, int stage, int quarter) {
        stageOf[company] = stage;
        StageRates rates = stages[stage].rates();
        double drawn = 100 * random.nextDouble();
        boolean raises = drawn < rates.graduation();
        boolean exits = !raises && drawn < rates.graduation() + rates.exit();
        // A company fails when it should have raised and could not.
        boolean roundAhead = raises || (!exits && stage < stages.length - 1);
        double months = (roundAhead ? monthsToGraduate : monthsToExit)[stage].sample(random);
        double due = quarter + Math.max(1, Math.ceil(months / MONTHS_A_QUARTER));
        fails[company] = !raises && !exits;
        if (due <= quarters) {
            int[] list = raises ? firstRaising : firstEnding;
            nextDue[company] = list[(int) due];
            list[(int) due] = company;
        }
    }

    private Sampler[] samplers(Function<Stage, Distribution> quantity) {
        return Arrays.stream(stages)
                .map(stage -> quantity.apply(stage).sampler())
                .toArray(Sampler[]::new);
    }
}
