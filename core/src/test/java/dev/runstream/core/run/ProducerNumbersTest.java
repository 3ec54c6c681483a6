package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The numbers by which a producer's retries are told from what is new. */
final class ProducerNumbersTest {
    private final MachineBench bench = MachineBench.external();

    private List<String> deltas() {
        return bench.all().stream()
                .skip(1)
                .map(told -> told.replace("delta ", ""))
                .toList();
    }

    private void assertRefused(AppendResult result, AppendResult.Refusal refusal, int index, long expectedSeq) {
        AppendResult.Refused refused = StoreTests.assertThatIs(AppendResult.Refused.class, result);
        assertThat(refused.refusal()).isEqualTo(refusal);
        assertThat(refused.index()).isEqualTo(index);
        assertThat(refused.expectedSeq()).isEqualTo(OptionalLong.of(expectedSeq));
    }

    private AppendResult send(long epoch, long seq, EventDraft... drafts) {
        return bench.append(Drafts.numbered("p", epoch, seq, drafts));
    }

    private void accept(long epoch, long seq, EventDraft... drafts) {
        assertThat(send(epoch, seq, drafts)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void countsFromZeroInEachEpoch() {
        accept(1, 0, Drafts.delta(0));
        accept(1, 1, Drafts.delta(1));
        assertRefused(send(2, 2, Drafts.delta(9)), new AppendResult.Refusal.ProducerGap(2), 0, 0);
        accept(2, 0, Drafts.delta(2));
        assertThat(deltas()).containsExactly("0", "1", "2");
    }

    @Test
    void skipsTheLinesThatAreStored() {
        accept(1, 0, Drafts.deltas(0, 3));
        accept(1, 0, Drafts.deltas(0, 3));
        accept(1, 1, Drafts.deltas(1, 4));
        accept(1, 2, Drafts.delta(2));
        assertThat(deltas()).containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    void doesNotLookAtLinesThatAreStored() {
        accept(1, 0, Drafts.deltas(0, 2));
        accept(1, 0, Drafts.status("{'state':1}"), Drafts.sized(Drafts.MAX_EVENT_BYTES + 1));
        assertThat(deltas()).containsExactly("0", "1");
    }

    @Test
    void givesARefusedLineNoNumber() {
        EventDraft bad = Drafts.status("{'state':1}");
        AppendResult result = send(1, 0, Drafts.delta(0), bad, Drafts.delta(2));
        assertThat(((AppendResult.Refused) result).refusal()).isInstanceOf(AppendResult.Refusal.Invalid.class);
        assertThat(((AppendResult.Refused) result).index()).isEqualTo(1);
        assertThat(((AppendResult.Refused) result).expectedSeq()).isEqualTo(OptionalLong.of(1));

        accept(1, 1, Drafts.delta(1));
        assertThat(deltas()).containsExactly("0", "1");
    }

    @Test
    void givesARepeatedBatchsRefusedLineItsPlace() {
        accept(1, 0, Drafts.deltas(0, 2));
        AppendResult result = send(1, 0, Drafts.delta(0), Drafts.delta(1), Drafts.error("[]"));
        assertThat(((AppendResult.Refused) result).index()).isEqualTo(2);
        assertThat(((AppendResult.Refused) result).expectedSeq()).isEqualTo(OptionalLong.of(2));
    }

    @Test
    void checksTheEpochBeforeAllElse() {
        accept(5, 0, Drafts.delta(0));
        bench.append(Drafts.complete("1"));
        assertRefused(send(4, 0, Drafts.delta(0)), new AppendResult.Refusal.StaleProducer(5), 1, 1);
        assertRefused(send(4, 77, Drafts.delta(0)), new AppendResult.Refusal.StaleProducer(5), 1, 1);
    }

    @Test
    void checksAHoleBeforeTheEndOfTheRun() {
        accept(1, 0, Drafts.delta(0), Drafts.complete("1"));
        assertRefused(send(1, 3, Drafts.delta(0)), new AppendResult.Refusal.ProducerGap(3), 0, 2);
        assertRefused(send(1, 2, Drafts.delta(0)), new AppendResult.Refusal.Ended(), 0, 2);
        assertRefused(send(1, 2, Drafts.status("{'state':1}")), new AppendResult.Refusal.Ended(), 0, 2);
    }

    @Test
    void acceptsARepeatAfterTheEndAndRefusesWhatIsNewInIt() {
        accept(1, 0, Drafts.delta(0), Drafts.complete("1"));
        accept(1, 0, Drafts.delta(0), Drafts.complete("1"));
        accept(1, 1, Drafts.complete("1"));
        assertRefused(send(1, 1, Drafts.complete("1"), Drafts.delta(9)), new AppendResult.Refusal.Ended(), 1, 2);
        assertRefused(send(1, 2), new AppendResult.Refusal.Ended(), 0, 2);
        assertThat(bench.events).hasSize(3);
    }

    @Test
    void countsACompleteThatWasKeptAsAPartialOnce() {
        bench.cancel();
        accept(1, 0, Drafts.complete("1"));
        accept(1, 0, Drafts.complete("1"));
        assertThat(bench.all()).filteredOn(told -> told.startsWith("partial")).hasSize(1);
    }

    @Test
    void knowsTheEndersOfARunFromTheBystanders() {
        accept(1, 0, Drafts.complete("1"));
        assertThat(bench.append(Drafts.numbered("other", 1, 0, Drafts.complete("2"))))
                .isInstanceOf(AppendResult.Refused.class);
    }

    @Test
    void keepsProducersApart() {
        accept(1, 0, Drafts.deltas(0, 2));
        assertThat(bench.append(Drafts.numbered("q", 9, 0, Drafts.delta(7)))).isInstanceOf(AppendResult.Appended.class);
        accept(1, 2, Drafts.delta(2));
        assertThat(bench.append(Drafts.delta(8))).isInstanceOf(AppendResult.Appended.class);
        assertThat(deltas()).containsExactly("0", "1", "7", "2", "8");
    }

    @Test
    void learnsNothingFromWhatItRefuses() {
        accept(1, 0, Drafts.delta(0));
        RunRecord before = bench.run;
        send(2, 4, Drafts.delta(1));
        send(2, 0, Drafts.error("[]"));
        bench.append(Drafts.numbered("new", 1, 3, Drafts.delta(1)));
        bench.append(Drafts.numbered("new", 1, 0, Drafts.error("[]")));
        assertThat(bench.run).isEqualTo(before);
        accept(1, 1, Drafts.delta(1));
    }

    @Test
    void letsAnEmptyCallAnnounceALaterEpoch() {
        accept(1, 0, Drafts.delta(0));
        accept(1, 1);
        accept(3, 0);
        assertThat(((AppendResult.Refused) send(1, 1, Drafts.delta(1))).refusal())
                .isEqualTo(new AppendResult.Refusal.StaleProducer(3));
        accept(3, 0, Drafts.delta(1));
        assertThat(deltas()).containsExactly("0", "1");
    }

    @Test
    void changesNothingByAnEmptyCallOfAProducerItKnows() {
        accept(1, 0, Drafts.delta(0));
        RunRecord before = bench.run;
        accept(1, 1);
        assertThat(bench.run).isEqualTo(before);
    }

    @Test
    void takesNoMoreThanSoManyProducers() {
        for (int i = 0; i < Producers.MOST; i++) {
            assertThat(bench.append(Drafts.numbered("p" + i, 1, 0, Drafts.delta(i))))
                    .isInstanceOf(AppendResult.Appended.class);
        }
        AppendResult result = bench.append(Drafts.numbered("more", 1, 0, Drafts.delta(1)));
        assertThat(((AppendResult.Refused) result).refusal()).isEqualTo(new AppendResult.Refusal.TooManyProducers());
        assertThat(bench.append(Drafts.numbered("p7", 1, 1, Drafts.delta(1))))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(bench.append(Drafts.numbered("p8", 2, 0, Drafts.delta(1))))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(bench.append(Drafts.delta(1))).isInstanceOf(AppendResult.Appended.class);

        bench.append(Drafts.complete("1"));
        AppendResult ended = bench.append(Drafts.numbered("more", 1, 0, Drafts.delta(1)));
        assertThat(((AppendResult.Refused) ended).refusal()).isEqualTo(new AppendResult.Refusal.Ended());
    }

    @Test
    void takesTheNextNumberAsItComesAfterTheLogWasMadeAnew() {
        accept(1, 0, Drafts.deltas(0, 3));
        bench.run = bench.run.underEpoch(bench.run.epoch() + 1);

        RunRecord before = bench.run;
        send(1, 7, Drafts.error("[]"));
        assertThat(bench.run).isEqualTo(before);
        accept(1, 7, Drafts.delta(7));
        assertRefused(send(1, 9, Drafts.delta(9)), new AppendResult.Refusal.ProducerGap(9), 0, 8);
        accept(1, 5, Drafts.deltas(5, 4));
        assertThat(deltas()).containsExactly("0", "1", "2", "7", "8");
    }

    @Test
    void skipsWhatItStillKnowsAfterTheLogWasMadeAnew() {
        accept(1, 0, Drafts.deltas(0, 3));
        bench.run = bench.run.underEpoch(bench.run.epoch() + 1);

        accept(1, 1, Drafts.deltas(1, 4));
        assertThat(deltas()).containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    void takesALaterEpochAndAForgottenProducerAsTheyComeAfterTheLogWasMadeAnew() {
        accept(1, 0, Drafts.delta(0));
        bench.run = bench.run.underEpoch(bench.run.epoch() + 1);

        accept(2, 6, Drafts.delta(6));
        assertRefused(send(2, 8, Drafts.delta(8)), new AppendResult.Refusal.ProducerGap(8), 0, 7);
        assertThat(bench.append(Drafts.numbered("forgotten", 4, 11, Drafts.delta(11))))
                .isInstanceOf(AppendResult.Appended.class);
        assertRefused(send(1, 1, Drafts.delta(1)), new AppendResult.Refusal.StaleProducer(2), 1, 7);
    }

    /** A line to a worker on which requests and answers get lost: everything arrives once, in order. */
    @Test
    void losesAndRepeatsNothingOverALineThatDoes() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            MachineBench run = MachineBench.external();
            int total = 60;
            int sure = 0;
            List<AppendBatch> late = new ArrayList<>();
            while (sure < total) {
                int count = Math.min(total - sure, 1 + random.nextInt(6));
                AppendBatch batch = Drafts.numbered("p", 1, sure, Drafts.deltas(sure, count));
                if (random.nextInt(4) == 0) {
                    late.add(batch);
                    continue;
                }
                AppendResult result = run.append(batch);
                assertThat(result).isInstanceOf(AppendResult.Appended.class);
                if (random.nextInt(3) > 0) {
                    sure += count;
                }
                if (!late.isEmpty() && random.nextBoolean()) {
                    run.append(late.remove(random.nextInt(late.size())));
                }
            }
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < total; i++) {
                expected.add("delta " + i);
            }
            assertThat(run.all().subList(1, run.all().size())).isEqualTo(expected);
        }
    }

    @Test
    void shutsAnAttemptOutFromTheMomentItsWorkerIsHeldToBeLost() {
        MachineBench agent = MachineBench.running(2);
        assertThat(agent.append(Drafts.numbered(Producer.AGENT, 1, 0, Drafts.delta(0))))
                .isInstanceOf(AppendResult.Appended.class);
        agent.lose();
        assertThat(agent.refused(Drafts.numbered(Producer.AGENT, 1, 1, Drafts.complete("1")))
                        .refusal())
                .isEqualTo(new AppendResult.Refusal.StaleProducer(1));
        agent.begin();
        assertThat(agent.refused(Drafts.numbered(Producer.AGENT, 1, 1, Drafts.delta(1)))
                        .refusal())
                .isEqualTo(new AppendResult.Refusal.StaleProducer(2));
        assertThat(agent.append(Drafts.numbered(Producer.AGENT, 2, 0, Drafts.delta(2))))
                .isInstanceOf(AppendResult.Appended.class);
    }
}
