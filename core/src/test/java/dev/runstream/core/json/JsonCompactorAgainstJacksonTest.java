package dev.runstream.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonCompactorAgainstJacksonTest {
    private static final int TEXTS = 200_000;

    private final JsonCompactor compactor = new JsonCompactor(1 << 20);

    static Stream<GrammarCase> all() {
        return GrammarCase.all();
    }

    @Test
    void agreesOnManyTextsThatAreNearlyJson() {
        JsonMutations mutations = new JsonMutations(20_260_701);
        Random cuts = new Random(2);
        int accepted = 0;
        for (int i = 0; i < TEXTS; i++) {
            byte[] text = mutations.next();
            JsonResult result = Feeding.whole(compactor, text);
            if (!isAgreed(text, result)) {
                throw new AssertionError(result + " for " + JsonBytes.trusted(text));
            }
            if (!Feeding.inRandomParts(compactor, text, cuts, 7).equals(result)) {
                throw new AssertionError("another answer in parts for " + JsonBytes.trusted(text));
            }
            accepted += result instanceof JsonBytes ? 1 : 0;
        }
        // Else the changes were too small or too large to tell anything.
        assertThat(accepted).isBetween(TEXTS / 4, TEXTS * 3 / 4);
    }

    @Test
    void splitsObjectsIntoTheMembersThatJacksonSees() {
        JsonMutations mutations = new JsonMutations(3);
        int objects = 0;
        for (int i = 0; i < TEXTS / 4; i++) {
            byte[] text = mutations.next();
            if (Feeding.whole(compactor, text) instanceof JsonBytes compact && compact.isObject()) {
                assertThat(tokensByMember(compact)).isEqualTo(tokens(compact));
                objects++;
            }
        }
        assertThat(objects).isGreaterThan(TEXTS / 40);
    }

    @ParameterizedTest
    @MethodSource("all")
    void agreesOnEachCaseOfTheGrammar(GrammarCase grammarCase) {
        assertThat(isAgreed(grammarCase.text(), Feeding.whole(compactor, grammarCase.text())))
                .isTrue();
    }

    private static boolean isAgreed(byte[] text, JsonResult result) {
        Optional<List<String>> tokens = StrictJackson.tokens(text);
        return switch (result) {
            case JsonFault fault -> tokens.isEmpty();
            case JsonBytes compact ->
                tokens.isPresent()
                        && tokens.equals(StrictJackson.tokens(compact.toByteArray()))
                        && compact.equals(JsonBytes.trusted(SpaceStripper.strip(text)));
        };
    }

    private static List<String> tokensByMember(JsonBytes object) {
        List<String> tokens = new ArrayList<>(List.of("START_OBJECT {"));
        JsonMembers members = JsonObjectView.of(object).members();
        while (members.next()) {
            String name = tokens(JsonBytes.ofString(members.name())).getFirst();
            tokens.add(name.replaceFirst("VALUE_STRING", "FIELD_NAME"));
            tokens.addAll(tokens(members.value()));
        }
        tokens.add("END_OBJECT }");
        return tokens;
    }

    private static List<String> tokens(JsonBytes json) {
        return StrictJackson.tokens(json.toByteArray()).orElseThrow();
    }
}
