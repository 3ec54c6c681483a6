package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.runstream.core.agent.Agent;
import dev.runstream.core.agent.AgentInput;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.RunCancelledException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class FundScenarioAgentTest {
    private static final long MILLI = 1_000_000;

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(Agent.class).stream().map(ServiceLoader.Provider::get))
                .anySatisfy(agent -> {
                    assertThat(agent).isInstanceOf(FundScenarioAgent.class);
                    assertThat(agent.name()).isEqualTo("fund-scenario");
                });
    }

    @Test
    void isTriedUpToThreeTimes() {
        assertThat(new FundScenarioAgent().attempts()).isEqualTo(3);
    }

    @Test
    void refusesAWrongInputBeforeTheRun() {
        assertThatThrownBy(() -> new FundScenarioAgent().check(new GivenInput("{\"paths\":-5}")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("paths: must be from 1 to 1000000000, but was -5");
        new FundScenarioAgent().check(new GivenInput("{}"));
    }

    @Test
    void completesWithEveryFigure() throws Exception {
        JsonNode result = run("{\"paths\":3000,\"seed\":5}", 2, new FundScenarioAgent());

        assertThat(result.get("paths").longValue()).isEqualTo(3_000);
        assertThat(result.get("seed").longValue()).isEqualTo(5);
        assertThat(result.at("/input/fund/size").longValue()).isEqualTo(100_000_000);
        assertThat(result.at("/derived/cheques").intValue()).isEqualTo(27);
        for (Measure measure : Measure.values()) {
            JsonNode metric = result.at("/metrics/" + measure.key());
            assertThat(List.of("p5", "p25", "p50", "p75", "p95").stream()
                            .mapToDouble(key -> metric.get(key).doubleValue()))
                    .as(measure.key())
                    .isSorted();
            assertThat(metric.get("standardError").isNumber()).isTrue();
            assertThat(sum(metric.at("/histogram/counts"))
                            + metric.at("/none/paths").longValue())
                    .isGreaterThanOrEqualTo(3_000);
            assertThat(metric.at("/histogram/counts")).hasSameSizeAs(metric.at("/histogram/edges"));
        }
        for (YearSeries series : YearSeries.values()) {
            assertThat(result.at("/byYear/" + series.key() + "/p95")).hasSize(12);
        }
        assertThat(result.at("/convergence").findValuesAsText("paths"))
                .containsExactly("100", "200", "500", "1000", "2000", "3000");
        assertThat(result.at("/convergence/5/netTvpi/p50")).isEqualTo(result.at("/metrics/netTvpi/p50"));
    }

    @Test
    void countsAPathWithoutARateOfReturnAsATotalLossAndSaysSo() throws Exception {
        JsonNode irr = run(
                        PlainFund.json("{'paths':2000,'stages':[{'cheque':1e8,'postMoney':2e8,'exit':40,"
                                + "'monthsToExit':24,'exitMultiple':4}]}"),
                        2,
                        new FundScenarioAgent())
                .at("/metrics/netIrr");

        long none = irr.at("/none/paths").longValue();
        assertThat(none).isBetween(1_100L, 1_300L);
        assertThat(irr.at("/none/percent").doubleValue()).isEqualTo(none / 20.0, within(1e-9));
        assertThat(irr.get("p50").doubleValue()).isEqualTo(-100);
        assertThat(irr.get("p75").doubleValue()).isEqualTo(100, within(0.3));
        assertThat(irr.at("/histogram/counts/0").longValue()).isEqualTo(none);
    }

    @Test
    void tellsPathsOfWhichNothingCameBackFromThoseWithoutARoot() throws Exception {
        // Two companies one after the other: where the first brings a little and the second nothing, no rate makes up
        // for
        // what was paid last; where both bring nothing there is nothing to find a rate for.
        JsonNode metrics = run(
                        PlainFund.json("{'paths':4000,'portfolio':{'deployYears':4},"
                                + "'stages':[{'cheque':5e7,'postMoney':2e8,'exit':40,'monthsToExit':6,"
                                + "'exitMultiple':0.1}]}"),
                        2,
                        new FundScenarioAgent())
                .get("metrics");

        for (String rate : List.of("netIrr", "grossIrr")) {
            JsonNode none = metrics.at("/" + rate + "/none");
            assertThat(none.at("/nothingBack/percent").doubleValue()).isEqualTo(36, within(4 * 0.76));
            assertThat(none.at("/noRoot/percent").doubleValue()).isEqualTo(24, within(4 * 0.68));
            assertThat(none.at("/nothingBack/paths").longValue()
                            + none.at("/noRoot/paths").longValue())
                    .isEqualTo(none.get("paths").longValue());
        }
        assertThat(metrics.at("/bestCompanyShare/none").has("nothingBack")).isFalse();
    }

    @Test
    void countsThresholdsAndStandardErrors() throws Exception {
        JsonNode probabilities = run(
                        PlainFund.json("{'paths':5000,'stages':[{'cheque':1e8,'postMoney':2e8,'exit':40,"
                                + "'monthsToExit':24,'exitMultiple':3}]}"),
                        2,
                        new FundScenarioAgent())
                .get("probabilities");

        assertThat(probabilities.at("/netTvpiAtLeast3/percent").doubleValue()).isEqualTo(40, within(4 * 0.69));
        assertThat(probabilities.at("/netTvpiAtLeast3/standardError").doubleValue())
                .isEqualTo(0.69, within(0.01));
        assertThat(probabilities.get("netTvpiAtLeast1")).isEqualTo(probabilities.get("netTvpiAtLeast3"));
    }

    @Test
    void showsNoSpreadInAYearThatIsAlikeInNearlyEveryPath() throws Exception {
        String example = Files.readString(Path.of("..", "examples", "fund.json"));
        JsonNode firstYear = run(example.replace("\"paths\": 1000000", "\"paths\": 3000"), 2, new FundScenarioAgent())
                .at("/byYear/netCashFlow");

        // The fees and cheques of a year; exits so early are rare.
        for (String key : List.of("p5", "p25", "p50", "p75", "p95")) {
            assertThat(firstYear.at("/" + key + "/0").longValue()).as(key).isEqualTo(-16_162_869);
        }
        assertThat(firstYear.at("/standardError/0").longValue()).isZero();
    }

    @Test
    void writesFiguresAsPlainDecimals() throws Exception {
        try (RecordingContext context = new RecordingContext(
                "{\"paths\":50000,\"seed\":5,\"fees\":{\"floor\":0.00000025},\"carry\":{\"hurdle\":1e-4}}", 2)) {
            new FundScenarioAgent().run(context);

            assertThat(context.resultText())
                    .doesNotContainPattern("[0-9][Ee][-+0-9]")
                    .contains("\"floor\":0.00000025,")
                    .contains("\"hurdle\":0.0001,")
                    .containsPattern("[:,\\[]0\\.000[1-9][,}\\]]");
        }
    }

    @Test
    void leavesOutTheErrorThatOnePathCannotTell() throws Exception {
        JsonNode one = run("{\"paths\":1,\"seed\":5}", 1, new FundScenarioAgent());
        JsonNode two = run("{\"paths\":2,\"seed\":5}", 1, new FundScenarioAgent());

        assertThat(one.findValues("standardError")).isEmpty();
        assertThat(two.findValues("standardError"))
                .hasSize(2 + Measure.values().length + 2 + YearSeries.values().length);
    }

    @ParameterizedTest
    @CsvSource({"2, 8, 10, 4", "7, 8, 10, 14", "3, 1, 0, 5", "2, 999, 100, 2"})
    void comesToTheSameBitsHoweverTheWorkIsCutUp(int threads, int chunk, int batchMillis, int batches)
            throws Exception {
        String input = "{\"paths\":4321,\"seed\":77}";
        JsonNode alone = run(input, 1, new FundScenarioAgent(new Pace(System::nanoTime, 10 * MILLI, 8, 1)));

        JsonNode other = run(
                input, threads, new FundScenarioAgent(new Pace(System::nanoTime, batchMillis * MILLI, chunk, batches)));

        assertThat(other.toString()).isEqualTo(alone.toString());
    }

    @Test
    void comesToAnotherResultWithAnotherSeed() throws Exception {
        JsonNode one = run("{\"paths\":1000,\"seed\":1}", 2, new FundScenarioAgent());
        JsonNode two = run("{\"paths\":1000,\"seed\":2}", 2, new FundScenarioAgent());

        assertThat(two.at("/metrics/netTvpi/p50")).isNotEqualTo(one.at("/metrics/netTvpi/p50"));
    }

    @Test
    void drawsASeedThatBringsTheSameResultAgain() throws Exception {
        JsonNode drawn = run("{\"paths\":500}", 2, new FundScenarioAgent());

        JsonNode again = run(drawn.get("input").toString(), 2, new FundScenarioAgent());

        assertThat(drawn.at("/input/seed")).isEqualTo(drawn.get("seed"));
        assertThat(drawn.get("seed").longValue()).isPositive();
        assertThat(again.toString()).isEqualTo(drawn.toString());
    }

    @Test
    void tellsOfProgressAndDistributionsAtMostTenTimesASecond() throws Exception {
        AtomicLong clock = new AtomicLong();
        List<Long> toldAt = new ArrayList<>();
        Pace pace = new Pace(() -> clock.addAndGet(MILLI), 10 * MILLI, 8, 4);
        try (RecordingContext context = new RecordingContext("{\"paths\":20000,\"seed\":1}", 2)) {
            context.listen(event -> {
                if (event.type().equals("partial")) {
                    toldAt.add(clock.get());
                }
            });
            new FundScenarioAgent(pace).run(context);

            assertThat(toldAt).hasSizeGreaterThan(5);
            for (int i = 1; i < toldAt.size(); i++) {
                assertThat(toldAt.get(i) - toldAt.get(i - 1)).isGreaterThanOrEqualTo(100 * MILLI);
            }
            JsonNode last = context.events("delta").getLast();
            assertThat(last.get("done").longValue()).isEqualTo(20_000);
            assertThat(last.get("total").longValue()).isEqualTo(20_000);
            assertThat(last.get("pathsPerSecond").longValue()).isPositive();
            assertThat(context.events("progress").getLast().toString()).isEqualTo("[20000,20000]");
            assertThat(context.events().getLast().type()).isEqualTo("complete");
        }
    }

    @Test
    void keepsEdgesSeedAndInputFromPartialToPartial() throws Exception {
        AtomicLong clock = new AtomicLong();
        try (RecordingContext context = new RecordingContext("{\"paths\":2000}", 2)) {
            new FundScenarioAgent(new Pace(() -> clock.addAndGet(20 * MILLI), 10 * MILLI, 8, 2)).run(context);

            assertThat(context.events("partial")).hasSizeGreaterThan(3).allSatisfy(partial -> {
                assertThat(partial.get("input")).isEqualTo(context.result().get("input"));
                assertThat(partial.get("seed")).isEqualTo(context.result().get("seed"));
                assertThat(partial.findValues("edges"))
                        .isEqualTo(context.result().findValues("edges"));
                assertThat(partial.get("paths").longValue()).isLessThan(2_000);
            });
        }
    }

    @Test
    void endsAtTheNextBatchOnceCancelled() {
        AtomicLong doneAtCancel = new AtomicLong();
        try (RecordingContext context = new RecordingContext("{\"paths\":1000000000,\"seed\":1}", 2)) {
            context.listen(event -> {
                if (event.type().equals("partial")) {
                    doneAtCancel.set(event.data().get("paths").longValue());
                    context.cancel();
                }
            });

            assertThatThrownBy(() -> new FundScenarioAgent().run(context)).isInstanceOf(RunCancelledException.class);

            assertThat(context.events("partial")).hasSize(1);
            assertThat(context.events().getLast().type()).isEqualTo("partial");
            assertThat(doneAtCancel.get()).isPositive();
        }
    }

    @Test
    void startsNoBatchOnceCancelledInAWave() {
        AtomicLong reads = new AtomicLong();
        try (RecordingContext context = new RecordingContext("{\"paths\":1000000000,\"seed\":1}", 1)) {
            // The clock is read three times as the run is made and its first batch begins; then comes the cancel.
            Pace pace = new Pace(
                    () -> {
                        if (reads.incrementAndGet() == 3) {
                            context.cancel();
                        }
                        return reads.get() * 10 * MILLI;
                    },
                    10 * MILLI,
                    8,
                    32);

            assertThatThrownBy(() -> new FundScenarioAgent(pace).run(context))
                    .isInstanceOf(RunCancelledException.class);

            assertThat(reads).hasValue(3);
            assertThat(context.events()).isEmpty();
        }
    }

    @Test
    void leavesNextToNothingToCollectForAPath() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        PathSimulator simulator = new PathSimulator(new FundPlan(FundInputReader.read("{}")));
        Tally tally = new Tally(12);
        simulateInto(tally, simulator, 2_000);

        long before = threads.getCurrentThreadAllocatedBytes();
        simulateInto(tally, simulator, 2_000);

        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 2_000).isLessThan(500);
    }

    @Test
    @Tag("slow")
    @Timeout(600)
    void holdsNoMoreMemoryForAMillionPathsThanForTwentyThousand() throws Exception {
        long few = heldAfter(20_000);
        long many = heldAfter(1_000_000);

        assertThat(many - few).isLessThan(8L << 20);
    }

    @Test
    void readsTheExample() throws Exception {
        String example = Files.readString(Path.of("..", "examples", "fund.json"));

        FundInput input = FundInputReader.read(example);

        assertThat(input.fund().size()).isEqualTo(100_000_000);
        assertThat(input.seed()).isPresent();
    }

    private static JsonNode run(String input, int threads, FundScenarioAgent agent) throws Exception {
        try (RecordingContext context = new RecordingContext(input, threads)) {
            agent.run(context);
            return context.result();
        }
    }

    /** Heap in use while a run that has come this far is still held. */
    private static long heldAfter(long paths) throws Exception {
        AtomicLong held = new AtomicLong();
        try (RecordingContext context = new RecordingContext("{\"paths\":" + paths + ",\"seed\":1}", 2)) {
            context.listen(event -> {
                if (event.type().equals("complete")) {
                    System.gc();
                    held.set(Runtime.getRuntime().totalMemory()
                            - Runtime.getRuntime().freeMemory());
                }
            });
            new FundScenarioAgent().run(context);
        }
        return held.get();
    }

    private static void simulateInto(Tally tally, PathSimulator simulator, int paths) {
        LongStream.range(0, paths).forEach(path -> tally.add(simulator.simulate(1, path)));
    }

    private static long sum(JsonNode counts) {
        return StreamSupport.stream(counts.spliterator(), false)
                .mapToLong(JsonNode::longValue)
                .sum();
    }

    private record GivenInput(String json) implements AgentInput {
        @Override
        public <T> T as(Class<T> type) {
            throw new AssertionError("the agent reads its input as text");
        }
    }
}
