package dev.runstream.agents.fund;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.agents.fund.FundInput.Stage;
import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.agent.InvalidInputException.FieldFault;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FundInputReaderTest {

    @Test
    void fillsInEveryDefault() {
        FundInput input = FundInputReader.read("{}");

        assertThat(input.paths()).isEqualTo(100_000);
        assertThat(input.seed()).isEmpty();
        assertThat(input.fund()).isEqualTo(FundDefaults.FUND);
        assertThat(input.stages()).isEqualTo(FundDefaults.stages(100e6));
    }

    @Test
    void readsWhatItEchoes() {
        FundInput input = FundInputReader.read("""
                {"paths": 12, "seed": 9007199254740991,
                 "stages": [
                  {"name": "A", "allocation": 60, "cheque": 1234567.89, "graduation": 33.3, "exitMultiple": 2},
                  {"allocation": 40, "graduation": 10, "exitMultiple": {"mean": 3, "sigma": 1}},
                  {"monthsToExit": {"type": "uniform", "min": 10, "max": 20},
                   "exitMultiple": {"type": "power", "alpha": 1.5, "min": 0.5, "max": 100}}]}
                """);

        String echo = FundInputJson.of(input).toString();

        assertThat(FundInputReader.read(echo)).isEqualTo(input);
        assertThat(echo).contains("\"size\":100000000,").contains("9007199254740991");
    }

    @Test
    void takesWhatAStageLeavesOutFromTheDefaultOfItsName() {
        List<Stage> stages = FundInputReader.read("""
                        {"stages": [{"name": "series a"}, {}, {"name": "Late", "exit": 40}, {"name": "Growth"}]}
                        """).stages();
        List<Stage> defaults = FundDefaults.stages(100e6);

        assertThat(stages).extracting(Stage::name).containsExactly("series a", "Series B", "Late", "Growth");
        assertThat(stages).extracting(Stage::postMoney).containsExactly(48e6, 130e6, 320e6, 800e6);
        assertThat(stages).extracting(Stage::allocation).containsExactly(56.0, 44.0, 0.0, 0.0);
        assertThat(stages.get(1))
                .usingRecursiveComparison()
                .ignoringFields("allocation")
                .isEqualTo(defaults.get(2));
        assertThat(stages.get(2).rates().exit()).isEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                               | 42   | 16   | 42
            {'graduation':33.3,'exit':16}                    | 33.3 | 16   | 50.7
            {'graduation':33.3,'failure':50.7}               | 33.3 | 16   | 50.7
            {'exit':16,'failure':50.7}                       | 33.3 | 16   | 50.7
            {'graduation':33.3,'exit':16,'failure':50.7}     | 33.3 | 16   | 50.7
            {'graduation':33.3,'exit':33.3,'failure':33.4}   | 33.3 | 33.3 | 33.4
            {'failure':50}                                   | 42   | 8    | 50
            {'graduation':30,'exit':null,'failure':70}       | 30   | 0    | 70
            """)
    void takesWhatTwoRatesLeaveOfAHundredForTheThird(String stage, double graduation, double exit, double failure) {
        FundInput input = FundInputReader.read("{\"stages\":[" + stage.replace('\'', '"') + ",{}]}");

        assertThat(input.stages().getFirst().rates()).isEqualTo(new StageRates(graduation, exit, failure));
        assertThat(FundInputJson.of(input).at("/stages/0/failure").doubleValue())
                .isEqualTo(failure);
    }

    @Test
    void takesWhatFailsAtTheLastStageAsNotSold() {
        FundInput input = FundInputReader.read("{\"stages\":[{},{\"failure\":35}]}");

        assertThat(input.stages().getLast().rates()).isEqualTo(new StageRates(0, 65, 35));
    }

    @Test
    void takesNullAsNotGiven() {
        assertThat(FundInputReader.read("{\"seed\":null,\"fund\":{\"size\":null},\"stages\":null}"))
                .isEqualTo(FundInputReader.read("{}"));
    }

    @Test
    void shortensDefaultsToAShortLife() {
        FundInput input = FundInputReader.read("""
                {"fund": {"lifeYears": 6}, "fees": {"management": 0.3}}
                """);

        assertThat(input.fund().asOfYear()).isEqualTo(6);
        assertThat(input.fund().investmentYears()).isEqualTo(5);
        assertThat(input.fees().floor()).isEqualTo(0.3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {100_000, 5e6, 5e7, 1.5e8, 1e9})
    void runsAFundOfAnyUsualSizeOnDefaults(double size) {
        FundPlan plan = new FundPlan(FundInputReader.read("{\"fund\":{\"size\":" + size + "}}"));

        assertThat(plan.cheques()).isGreaterThanOrEqualTo(27);
        assertThat(plan.chequeTotal()).isLessThanOrEqualTo(plan.initialCapital() + 1e-3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                                          |                             | must be an object, but was a list
            7                                                           |                             | must be an object, but was 7
            {'paths':                                                   |                             | is not JSON
            {'paths':0}                                                 | paths                       | must be from 1 to 1000000000, but was 0
            {'paths':1000000001}                                        | paths                       | must be from 1 to
            {'paths':1.5}                                               | paths                       | must be a whole number, but was 1.5
            {'paths':'100'}                                             | paths                       | must be a whole number, but was the text "100"
            {'paths':1e999}                                             | paths                       | must be from 1 to
            {'paths':99999999999999999999999999}                        | paths                       | must be from 1 to
            {'paths':NaN}                                               |                             | is not JSON
            {'seed':-1}                                                 | seed                        | must be from 0 to 9007199254740991
            {'seed':9007199254740993}                                   | seed                        | must be from 0 to
            {'fund':5}                                                  | fund                        | must be an object, but was 5
            {'fund':{'size':'100M'}}                                    | fund.size                   | must be a number, but was the text "100M"
            {'fund':{'size':true}}                                      | fund.size                   | must be a number, but was true
            {'fund':{'size':{}}}                                        | fund.size                   | must be a number, but was an object
            {'fund':{'size':1e300}}                                     | fund.size                   | must be from 100000 to 1000000000000
            {'fund':{'gpCommitment':-1}}                                | fund.gpCommitment           | must be from 0 to 50
            {'fund':{'lifeYears':10.5}}                                 | fund.lifeYears              | must be a whole number
            {'fund':{'lifeYears':8,'investmentYears':9}}                | fund.investmentYears        | must be from 1 to 8, but was 9
            {'fund':{'asOfYear':13}}                                    | fund.asOfYear               | must be from 1 to 12
            {'fund':{'sise':1e8}}                                       | fund.sise                   | did you mean "size"?
            {'fees':{'managment':2}}                                    | fees.managment              | did you mean "management"?
            {'fees':{'Management':2}}                                   | fees.Management             | did you mean "management"?
            {'fees':{'hedge':2}}                                        | fees.hedge                  | known are management, stepDown, floor, expenses
            {'fees':{'management':2,'floor':3}}                         | fees.floor                  | must be from 0 to 2, but was 3
            {'fees':{'management':10,'stepDown':0}}                     | fees.management             | leave nothing of $100,000,000 to invest
            {'fees':{'management':1,'expenses':20000000}}               | fees.expenses               | leave nothing
            {'carry':{'rate':60}}                                       | carry.rate                  | must be from 0 to 50
            {'carry':{'rate':20,'catchUp':10}}                          | carry.catchUp               | must be 0 for none, or above the carry rate of 20
            {'portfolio':{'deployYears':6}}                             | portfolio.deployYears       | must be from 0.25 to 5, but was 6
            {'stage':[]}                                                | stage                       | did you mean "stages"?
            {'stages':[]}                                               | stages                      | must have from 1 to 10 entries, but has 0
            {'stages':{}}                                               | stages                      | must be a list, but was an object
            {'stages':[5]}                                              | stages.0                    | must be an object, but was 5
            {'stages':[{'name':''}]}                                    | stages.0.name               | must be a text of 1 to 40 characters
            {'stages':[{'graduation':60,'exit':50},{}]}                 | stages.0.graduation         | 60 and 50 come to 110
            {'stages':[{'graduation':60,'failure':50},{}]}              | stages.0.failure            | together with graduation must be at most 100, but 50 and 60 come to 110
            {'stages':[{'exit':60,'failure':50},{}]}                    | stages.0.failure            | together with exit must be at most 100, but 50 and 60 come to 110
            {'stages':[{'graduation':40,'exit':20,'failure':30},{}]}    | stages.0.failure            | together with graduation and exit must come to 100, but 30, 40 and 20 come to 90
            {'stages':[{'graduation':40,'exit':20,'failure':41},{}]}    | stages.0.failure            | 41, 40 and 20 come to 101
            {'stages':[{},{'exit':60,'failure':30}]}                    | stages.1.failure            | 30, 0 and 60 come to 90
            {'stages':[{'failure':101}]}                                | stages.0.failure            | must be from 0 to 100, but was 101
            {'stages':[{},{'graduation':20}]}                           | stages.1.graduation         | must be 0, as there is no stage after the last one
            {'stages':[{'allocation':50},{'allocation':40}]}            | stages.0.allocation         | must come to 100, but come to 90
            {'stages':[{'cheque':60000000}]}                            | stages.0.cheque             | is more than the $44,786,500 that 100% of the initial capital
            {'stages':[{'cheque':8000000,'postMoney':5000000}]}         | stages.0.cheque             | is more than the company's value of $5,000,000
            {'stages':[{'cheque':14000000,'postMoney':90000000}]}       | stages.0.cheque             | is more than portfolio.maxPerCompany allows, $12,000,000
            {'stages':[{'cheque':10000}]}                               | stages                      | at most 1000 are simulated
            {'stages':[{'monthsToExit':200}]}                           | stages.0.monthsToExit       | fund's life of 144 months, but it is 200
            {'stages':[{'monthsToExit':'4y'}]}                          | stages.0.monthsToExit       | must be a number, or an object with a type
            {'stages':[{'monthsToExit':-4}]}                            | stages.0.monthsToExit       | must be from 0 to 600
            {'stages':[{'exitMultiple':{'type':'normal','mean':3}}]}    | stages.0.exitMultiple.type  | must be one of lognormal, fixed, uniform, power
            {'stages':[{'exitMultiple':{'type':3,'value':3}}]}          | stages.0.exitMultiple.type  | must be a text
            {'stages':[{'exitMultiple':{'median':3}}]}                  | stages.0.exitMultiple.p90   | is required here
            {'stages':[{'exitMultiple':{'median':3,'p90':2}}]}          | stages.0.exitMultiple.p90   | must be from 3 to 10000, but was 2
            {'stages':[{'exitMultiple':{'mean':3,'sigma':1,'p90':2}}]}  | stages.0.exitMultiple.p90   | either median and p90, or mean and sigma
            {'stages':[{'exitMultiple':{'type':'fixed','valeu':2}}]}    | stages.0.exitMultiple.valeu | did you mean "value"?
            {'reserves':{'ratio':95}}                                   | reserves.ratio              | must be from 0 to 90
            {'recycling':{'untilYear':13}}                              | recycling.untilYear         | must be from 0 to 12
            {'recycling':{'cap':101}}                                   | recycling.cap               | must be from 0 to 100
            {'liquidation':{'discount':101}}                            | liquidation.discount        | must be from 0 to 100
            """)
    void namesTheWrongField(String json, String field, String message) {
        assertThat(faultsOf(json.replace('\'', '"'))).anySatisfy(fault -> {
            assertThat(fault.field()).isEqualTo(field == null ? "" : field);
            assertThat(fault.message()).contains(message);
        });
    }

    @Test
    void namesAllFaultsTogetherInTheFormsOrder() {
        List<FieldFault> faults = faultsOf("""
                {"liquidation": {"discount": -1}, "paths": 0,
                 "stages": [{"exit": 101}, {"graduation": 80, "exit": 30}, {"graduation": "x"}],
                 "fund": {"size": 1}, "typo": 1}
                """);

        assertThat(faults)
                .extracting(FieldFault::field)
                .containsExactly(
                        "paths",
                        "fund.size",
                        "stages.0.exit",
                        "stages.1.graduation",
                        "stages.2.graduation",
                        "liquidation.discount",
                        "typo");
    }

    @Test
    void tellsOneMistakeOnce() {
        assertThat(faultsOf("{\"stages\":[{\"exitMultiple\":{\"type\":3,\"value\":3}}]}"))
                .hasSize(1);
        assertThat(faultsOf("{\"fees\":{\"management\":\"2\"}}")).hasSize(1);
    }

    @Test
    void showsNoMoreThanAPartOfALongText() {
        List<FieldFault> faults =
                faultsOf("{\"" + "x".repeat(10_000) + "\":1,\"paths\":\"" + "9".repeat(10_000) + "\"}");

        assertThat(faults)
                .hasSize(2)
                .allSatisfy(fault -> assertThat(fault.toString()).hasSizeLessThan(300));
    }

    @Test
    void tellsNoMoreThanAHundredFaults() {
        String fields =
                IntStream.range(0, 5_000).mapToObj(i -> "\"field" + i + "\":1").collect(Collectors.joining(","));

        List<FieldFault> faults = faultsOf("{\"paths\":0," + fields + "}");

        assertThat(faults).hasSize(101);
        assertThat(faults.getFirst().field()).isEqualTo("paths");
        assertThat(faults.getLast()).isEqualTo(new FieldFault("", "and 4901 more faults"));
    }

    private static List<FieldFault> faultsOf(String json) {
        try {
            FundInputReader.read(json);
        } catch (InvalidInputException e) {
            return e.faults();
        }
        return List.of();
    }
}
