package dev.runstream.agents.fund;

/**
 * A European, whole-fund waterfall between the limited partners and the carry: capital back, compounded hurdle,
 * catch-up, split.
 *
 * <p>Capital counts as contributed when called, fees included, and a tier counts all that was distributed so far, so a
 * call after carry was paid comes first again. Money in dollars, time in quarters. Confined to one thread.
 */
final class Waterfall {
    // immutable
    private final double carry;
    private final double catchUp;
    private final double quarterGrowth;
    // of the current path
    private double paidIn;
    private double distributed;
    private double carryPaid;
    /** What the partners would still have to get now to have earned the hurdle; below 0 where they got more. */
    private double hurdleBalance;

    Waterfall(FundInput.Carry terms) {
        carry = terms.rate() / 100;
        catchUp = terms.catchUp() / 100;
        quarterGrowth = Math.pow(1 + terms.hurdle() / 100, 0.25);
    }

    void reset() {
        paidIn = 0;
        distributed = 0;
        carryPaid = 0;
        hurdleBalance = 0;
    }

    /** A quarter passes. */
    void accrue() {
        hurdleBalance *= quarterGrowth;
    }

    void call(double amount) {
        paidIn += amount;
        hurdleBalance += amount;
    }

    /** Splits an amount, and returns what the limited partners get of it. */
    double distribute(double amount) {
        double toCarry = carryOf(amount);
        carryPaid += toCarry;
        toPartners(amount - toCarry);
        return amount - toCarry;
    }

    /** What the limited partners would get if this amount were distributed now. */
    double valueToPartners(double amount) {
        return amount - carryOf(amount);
    }

    /**
     * At the fund's end, takes back what carry was paid beyond its share of the profit, or while partners fell short of
     * the hurdle, and returns it; the limited partners get it.
     */
    double clawBack() {
        double beyondShare = carryPaid - carry * Math.max(0, distributed + carryPaid - paidIn);
        double amount = Math.clamp(Math.max(beyondShare, hurdleBalance), 0, carryPaid);
        carryPaid -= amount;
        toPartners(amount);
        return amount;
    }

    double paidIn() {
        return paidIn;
    }

    double distributed() {
        return distributed;
    }

    double carryPaid() {
        return carryPaid;
    }

    private void toPartners(double amount) {
        distributed += amount;
        hurdleBalance -= amount;
    }

    private double carryOf(double amount) {
        double first = Math.max(Math.max(hurdleBalance, paidIn - distributed), 0);
        double rest = amount - first;
        if (rest <= 0) {
            return 0;
        }
        double inCatchUp = Math.min(rest, lengthOfCatchUp(distributed + first + carryPaid - paidIn));
        return inCatchUp * catchUp + (rest - inCatchUp) * carry;
    }

    /** How much must be distributed at the catch-up's rate until the carry is its share of all profit. */
    private double lengthOfCatchUp(double profit) {
        return catchUp > carry ? Math.max(0, (carry * profit - carryPaid) / (catchUp - carry)) : 0;
    }
}
