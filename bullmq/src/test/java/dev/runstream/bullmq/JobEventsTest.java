package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.log.EventType;
import dev.runstream.core.run.EventDraft;
import dev.runstream.core.run.SourceStep;
import dev.runstream.core.testing.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What single entries of a queue's stream mean. */
class JobEventsTest {
    private final JobEvents events = new JobEvents(64);

    private Optional<SourceStep> step(String... fields) {
        Map<String, byte[]> entry = new HashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            entry.put(fields[i], fields[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        return events.stepOf(entry);
    }

    private List<EventDraft> sent(String progress) {
        return sentStep(progress).events();
    }

    private SourceStep.Sent sentStep(String progress) {
        return (SourceStep.Sent) step("event", "progress", "data", progress).orElseThrow();
    }

    private static EventDraft valid(EventType type, String json) {
        return new EventDraft.Valid(type, Json.json(json));
    }

    @Test
    void knowsTheStatesOfAJob() {
        assertThat(step("event", "added", "name", "x")).contains(new SourceStep.Added());
        assertThat(step("event", "waiting")).contains(new SourceStep.Waiting(false));
        assertThat(step("event", "waiting", "prev", "active")).contains(new SourceStep.Waiting(false));
        assertThat(step("event", "waiting", "prev", "failed")).contains(new SourceStep.Waiting(true));
        assertThat(step("event", "waiting", "prev", "completed")).contains(new SourceStep.Waiting(true));
        assertThat(step("event", "delayed", "delay", "1")).contains(new SourceStep.Waiting(false));
        assertThat(step("event", "waiting-children")).contains(new SourceStep.Waiting(false));
        assertThat(step("event", "active", "prev", "waiting")).contains(new SourceStep.Begun(0));
        assertThat(step("event", "removed", "prev", "wait"))
                .contains(new SourceStep.Removed("the job was removed from its queue"));
        assertThat(step("event", "stalled")).get().isInstanceOf(SourceStep.Told.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drained",
                "paused",
                "resumed",
                "cleaned",
                "duplicated",
                "deduplicated",
                "debounced",
                "retries-exhausted",
                "",
                "something-new"
            })
    void passesOverWhatConcernsNoRun(String event) {
        assertThat(step("event", event, "jobId", "1")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": 1}  | {\"a\":1}",
                "null        | null",
                "1e3         | 1e3",
                "[1, \"x\"]  | [1,\"x\"]",
                "{broken     | \"{broken\"",
                "``          | null"
            })
    void takesAReturnValueTokenForToken(String returned, String result) {
        assertThat(step("event", "completed", "returnvalue", returned))
                .contains(new SourceStep.Completed(Json.json(result)));
    }

    @Test
    void takesAReasonOfFailureForPlainText() {
        assertThat(step("event", "failed", "failedReason", "a \"b\"\n"))
                .contains(new SourceStep.Failed(Json.json("{'message':'a \\'b\\'\\n','code':'failed','retriable':false}"
                        .replace("\\'b\\'", "\\\"b\\\""))));
    }

    @Test
    void takesEventsOfTheTypesThatAJobMaySend() {
        assertThat(sent("{\"type\":\"delta\",\"data\":[1, 2]}")).containsExactly(valid(EventType.DELTA, "[1,2]"));
        assertThat(sent("{\"data\":null,\"type\":\"partial\"}")).containsExactly(valid(EventType.PARTIAL, "null"));
        assertThat(sent("{\"type\":\"status\",\"data\":{\"message\":\"m\"}}"))
                .containsExactly(valid(EventType.STATUS, "{'message':'m'}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "42",
                "\"text\"",
                "true",
                "[1]",
                "{\"done\":1}",
                "{\"type\":\"delta\"}",
                "{\"type\":\"delta\",\"data\":1,\"x\":2}",
                "{\"type\":\"complete\",\"data\":1}",
                "{\"type\":\"error\",\"data\":{}}",
                "{\"type\":\"status\",\"data\":1}",
                "{\"type\":\"status\",\"data\":{\"state\":\"x\"}}",
                "{\"type\":\"batch\",\"events\":1}"
            })
    void makesADeltaOfWhateverElseComes(String progress) {
        assertThat(sent(progress)).containsExactly(valid(EventType.DELTA, "{'progress':" + progress + "}"));
    }

    @Test
    void takesABatchApart() {
        assertThat(sent("{\"type\":\"batch\",\"events\":[{\"type\":\"delta\",\"data\":\"a]\"},7, []]}"))
                .containsExactly(
                        valid(EventType.DELTA, "'a]'"),
                        valid(EventType.DELTA, "{'progress':7}"),
                        valid(EventType.DELTA, "{'progress':[]}"));
        assertThat(sent("{\"type\":\"batch\",\"events\":[]}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'sender':7,'index':0,'events':[]; 7 0",
                "'events':[],'index':12,'sender':9007199254740991; 9007199254740991 12",
                "'events':[]; none",
                "'sender':7,'events':[]; none",
                "'sender':-1,'index':0,'events':[]; none",
                "'sender':7,'index':1e3,'events':[]; none",
                "'sender':'7','index':0,'events':[]; none",
                "'sender':1234567890123456789,'index':0,'events':[]; none",
                "'sender':7,'index':0,'index':1,'events':[]; none"
            },
            quoteCharacter = '`')
    void knowsABatchByItsNumber(String members, String number) {
        Optional<SourceStep.BatchNumber> read = sentStep(
                        Json.json("{'type':'batch'," + members + "}").toString())
                .number();
        assertThat(read.map(batch -> batch.sender() + " " + batch.index()).orElse("none"))
                .isEqualTo(number);
    }

    @Test
    void dropsWhatABatchHasTooMuch() {
        String events = "1,".repeat(JobEvents.MOST_OF_A_BATCH + 5) + "1";
        List<EventDraft> sent = sent("{\"type\":\"batch\",\"events\":[" + events + "]}");
        assertThat(sent).hasSize(JobEvents.MOST_OF_A_BATCH + 1);
        assertThat(sent.getLast()).isEqualTo(new EventDraft.Invalid("a batch may have 10000 events"));
    }

    @Test
    void tellsOfWhatIsTooLarge() {
        assertThat(sent("\"" + "x".repeat(100) + "\"")).containsExactly(new EventDraft.TooLarge(115, 64));
        assertThat(sent("{\"type\":\"batch\",\"events\":[{\"type\":\"delta\",\"data\":\"" + "x".repeat(100)
                        + "\"},1]}"))
                .containsExactly(new EventDraft.TooLarge(102, 64), valid(EventType.DELTA, "{'progress':1}"));
    }

    @Test
    void takesNothingForAnEmptyProgress() {
        assertThat(sent("")).containsExactly(valid(EventType.DELTA, "{'progress':null}"));
    }
}
