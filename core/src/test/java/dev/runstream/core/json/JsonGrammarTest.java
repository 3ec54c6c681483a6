package dev.runstream.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonGrammarTest {
    private final JsonCompactor compactor = new JsonCompactor(1 << 20);

    static Stream<GrammarCase> all() {
        return GrammarCase.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void decidesEachCaseInTheSameWayHoweverItIsCut(GrammarCase grammarCase) {
        JsonResult result = Feeding.inEachWay(compactor, grammarCase.text());

        if (grammarCase.accepted()) {
            assertThat(result).isEqualTo(JsonBytes.trusted(SpaceStripper.strip(grammarCase.text())));
            assertThat(((JsonBytes) result).toByteArray()).doesNotContain('\r', '\n', 0);
        } else {
            assertThat(result).isInstanceOfSatisfying(JsonFault.class, fault -> {
                assertThat(fault.kind()).isEqualTo(JsonFault.Kind.INVALID);
                assertThat(fault.message()).isNotBlank();
                assertThat(fault.offset()).isBetween(0L, (long) grammarCase.text().length);
            });
        }
    }

    @Test
    void refusesEachAcceptedArrayOrObjectThatIsCutShort() {
        List<GrammarCase> containers = all().filter(GrammarCase::accepted)
                .filter(each -> each.text()[0] == '[' || each.text()[0] == '{')
                .filter(each -> each.text().length < 500)
                .toList();
        assertThat(containers).hasSizeGreaterThan(80);
        for (GrammarCase each : containers) {
            byte[] stripped = SpaceStripper.strip(each.text());
            for (int length = 0; length < stripped.length; length++) {
                compactor.reset();
                assertThat(compactor.feed(stripped, 0, length)).isTrue();
                assertThat(compactor.finish())
                        .isInstanceOfSatisfying(
                                JsonFault.class,
                                fault -> assertThat(fault.offset()).isLessThan(stripped.length));
            }
        }
    }
}
