package dev.runstream.client;

import static dev.runstream.client.StreamPosition.Verdict.DELIVER;
import static dev.runstream.client.StreamPosition.Verdict.DOUBT;
import static dev.runstream.client.StreamPosition.Verdict.REPEAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamPositionTest {
    private final List<StreamItem> told = new ArrayList<>();
    private final StreamPosition position = new StreamPosition(Optional.of(id("7-9")));

    private static EventId id(String text) {
        return EventId.parse(text);
    }

    private StreamPosition.Verdict judge(String id) {
        return position.judge(id(id), told::add);
    }

    @Test
    void comparesIdsAsNumbers() {
        assertThat(judge("7-10")).isEqualTo(DELIVER);
        assertThat(judge("7-9")).isEqualTo(REPEAT);
        assertThat(judge("7-10")).isEqualTo(REPEAT);
        assertThat(judge("7-11")).isEqualTo(DELIVER);
        assertThat(judge("6-12")).isEqualTo(REPEAT);
    }

    @Test
    void doubtsAnUntoldHoleOnceThenTellsIt() {
        assertThat(judge("7-12")).isEqualTo(DOUBT);
        position.connectionBegins();
        assertThat(judge("7-13")).isEqualTo(DELIVER);
        assertThat(told).containsExactly(new StreamItem.Gap(id("7-10"), id("7-12"), false));
    }

    @Test
    void believesWhatAnotherConnectionFillsIn() {
        assertThat(judge("7-12")).isEqualTo(DOUBT);
        position.connectionBegins();
        assertThat(judge("7-10")).isEqualTo(DELIVER);
        assertThat(judge("7-12")).isEqualTo(DOUBT);
        assertThat(told).isEmpty();
    }

    @Test
    void goesOnBehindAGapItWasToldOf() {
        StreamItem.Gap gap = new StreamItem.Gap(id("7-10"), id("7-14"), true);
        assertThat(position.tell(gap)).isTrue();
        position.connectionBegins();
        assertThat(position.tell(gap)).as("the same again").isFalse();
        assertThat(judge("7-15")).isEqualTo(DELIVER);
    }

    @Test
    void doubtsAnotherLogOnceThenResets() {
        assertThat(judge("8-1")).isEqualTo(DOUBT);
        assertThat(judge("8-1")).isEqualTo(DELIVER);
        assertThat(told).containsExactly(new StreamItem.Reset());
        assertThat(judge("7-10")).isEqualTo(REPEAT);
    }

    @Test
    void beginsAnewAfterAReset() {
        position.reset();
        assertThat(position.last()).isEmpty();
        assertThat(judge("7-1")).isEqualTo(DELIVER);
    }

    @Test
    void anEventIdIsTwoDecimalsFromOneWithoutLeadingZeros() {
        assertThat(EventId.parse("1763841600000-42")).isEqualTo(new EventId(1763841600000L, 42));
        assertThat(EventId.parse("9223372036854775807-9223372036854775807"))
                .hasToString("9223372036854775807-9223372036854775807");
        for (String bad : List.of(
                "",
                "1",
                "-",
                "1-",
                "-1",
                "01-1",
                "1-01",
                "0-1",
                "1-0",
                "+1-1",
                "1-1-1",
                "1-9223372036854775808",
                "1- 1",
                "١-1")) {
            assertThatIllegalArgumentException().as(bad).isThrownBy(() -> EventId.parse(bad));
        }
    }
}
