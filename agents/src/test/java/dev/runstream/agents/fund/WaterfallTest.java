package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.runstream.agents.fund.FundInput.Carry;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WaterfallTest {
    private static final Offset<Double> EXACT = within(1e-9);

    @Test
    void returnsCapitalAndHurdleBeforeAnyCarry() {
        Waterfall waterfall = aYearAfterACallOf100(new Carry(20, 8, 100));

        assertThat(waterfall.distribute(108)).isEqualTo(108, EXACT);
        assertThat(waterfall.carryPaid()).isEqualTo(0, EXACT);
    }

    @Test
    void givesAllToTheCarryWhileItCatchesUpInFull() {
        Waterfall waterfall = aYearAfterACallOf100(new Carry(20, 8, 100));

        // The hurdle's 8 are 80% of 10, so the catch-up is 2 long; here it is cut at 1.
        assertThat(waterfall.distribute(109)).isEqualTo(108, EXACT);
        assertThat(waterfall.carryPaid()).isEqualTo(1, EXACT);
    }

    @Test
    void leavesTheCarryItsShareOfAllProfitAfterAFullCatchUp() {
        Waterfall waterfall = aYearAfterACallOf100(new Carry(20, 8, 100));

        waterfall.distribute(115);

        assertThat(waterfall.carryPaid()).isEqualTo(0.2 * 15, EXACT);
    }

    @Test
    void catchesUpMoreSlowlyAtHalfTheDistributions() {
        Waterfall cut = aYearAfterACallOf100(new Carry(20, 8, 50));
        cut.distribute(108 + 4);
        Waterfall through = aYearAfterACallOf100(new Carry(20, 8, 50));
        through.distribute(120);

        // 0.5 x = 0.2 (8 + x) holds at x = 16/3; 4 lies before that, 12 behind it.
        assertThat(cut.carryPaid()).isEqualTo(2, EXACT);
        assertThat(through.carryPaid()).isEqualTo(0.2 * 20, EXACT);
    }

    @Test
    void leavesTheHurdleFreeOfCarryWithoutCatchUp() {
        Waterfall waterfall = aYearAfterACallOf100(new Carry(20, 8, 0));

        waterfall.distribute(120);

        assertThat(waterfall.carryPaid()).isEqualTo(0.2 * 12, EXACT);
    }

    @Test
    void splitsTheSameWhetherPaidAtOnceOrInParts() {
        Waterfall parts = aYearAfterACallOf100(new Carry(20, 8, 60));
        for (int i = 0; i < 150; i++) {
            parts.distribute(1);
        }
        Waterfall whole = aYearAfterACallOf100(new Carry(20, 8, 60));
        whole.distribute(150);

        assertThat(parts.carryPaid()).isEqualTo(whole.carryPaid(), EXACT);
    }

    @Test
    void compoundsTheHurdleOnWhatIsNotYetReturned() {
        Waterfall waterfall = aYearAfterACallOf100(new Carry(20, 8, 100));
        waterfall.distribute(50);
        passAYear(waterfall);

        assertThat(waterfall.valueToPartners(1_000)).isLessThan(1_000);
        assertThat(waterfall.distribute((108 - 50) * 1.08)).isEqualTo(58 * 1.08, EXACT);
        assertThat(waterfall.carryPaid()).isEqualTo(0, EXACT);
    }

    @Test
    void returnsACallAfterCarryWasPaidBeforeMoreCarry() {
        Waterfall waterfall = new Waterfall(new Carry(20, 0, 100));
        waterfall.call(100);
        waterfall.distribute(150);
        waterfall.call(50);

        assertThat(waterfall.distribute(10)).isEqualTo(10, EXACT);
    }

    @Test
    void takesBackCarryThatLaterLossesMadeTooMuch() {
        Waterfall waterfall = new Waterfall(new Carry(20, 0, 100));
        waterfall.call(100);
        waterfall.distribute(150);
        waterfall.call(30);

        // 10 were paid on a profit of 50; it ended as 20, of which 4 are due.
        assertThat(waterfall.clawBack()).isEqualTo(6, EXACT);
        assertThat(waterfall.carryPaid()).isEqualTo(4, EXACT);
        assertThat(waterfall.distributed()).isEqualTo(146, EXACT);
    }

    @Test
    void takesBackCarryWhilePartnersEndShortOfTheHurdle() {
        Waterfall waterfall = new Waterfall(new Carry(20, 8, 100));
        waterfall.call(100);
        waterfall.distribute(150);
        waterfall.call(60);
        for (int year = 0; year < 10; year++) {
            passAYear(waterfall);
        }
        waterfall.distribute(37);

        // The share of the profit alone would ask for 10 - 0.2 * 27, which is less.
        assertThat(waterfall.clawBack()).isEqualTo(20 * Math.pow(1.08, 10) - 37, EXACT);
    }

    @Test
    void takesBackNothingWhereTheCarryWasDue() {
        Waterfall waterfall = aYearAfterACallOf100(new Carry(20, 8, 100));
        waterfall.distribute(200);

        assertThat(waterfall.clawBack()).isEqualTo(0, EXACT);
    }

    private static Waterfall aYearAfterACallOf100(Carry terms) {
        Waterfall waterfall = new Waterfall(terms);
        waterfall.call(100);
        passAYear(waterfall);
        return waterfall;
    }

    private static void passAYear(Waterfall waterfall) {
        for (int quarter = 0; quarter < 4; quarter++) {
            waterfall.accrue();
        }
    }
}
