package dev.runstream.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonObjectViewTest {
    @Test
    void walksOverTheMembersInTheirOrder() {
        assertThat(walk("{\"a\":1,\"b\":\"x,}\\\"\",\"c\":[1,{\"d\":2}],\"a\":{\"e\":{}},\"f\":null}"))
                .containsExactly("a=1", "b=\"x,}\\\"\"", "c=[1,{\"d\":2}]", "a={\"e\":{}}", "f=null");
    }

    @Test
    void findsNoMembersInAnEmptyObject() {
        assertThat(walk("{}")).isEmpty();
        assertThat(view("{}").has("")).isFalse();
    }

    @Test
    void skipsStringsOfAnyLengthWithEscapesAnywhere() {
        for (int length = 0; length < 40; length++) {
            for (String escape : List.of("", "\\\\", "\\\"", "\\u0022", "é", "\\n\\\"\\\\")) {
                String string = "\"" + "x".repeat(length) + escape + "]}".repeat(length % 3) + "\"";

                assertThat(walk("{\"a\":" + string + ",\"b\":[" + string + "]}"))
                        .containsExactly("a=" + string, "b=[" + string + "]");
            }
        }
    }

    @Test
    void looksOnlyAtTheTopLevel() {
        JsonObjectView view = view("{\"a\":{\"state\":1},\"b\":[{\"attempt\":2}],\"c\":\"state\"}");

        assertThat(view.has("state")).isFalse();
        assertThat(view.has("attempt")).isFalse();
        assertThat(view.has("c")).isTrue();
    }

    @Test
    void comparesNamesAfterUnescaping() {
        assertThat(view("{\"st\\u0061te\":1}").has("state")).isTrue();
        assertThat(view("{\"\\u0073\\u0074\\u0061\\u0074\\u0065\":1}").has("state"))
                .isTrue();
        assertThat(view("{\"st\\u0061tes\":1}").has("state")).isFalse();
        assertThat(view("{\"stat\":1}").has("state")).isFalse();
        assertThat(view("{\"states\":1}").has("state")).isFalse();
        assertThat(view("{\"State\":1}").has("state")).isFalse();
        assertThat(view("{\"\":1}").has("")).isTrue();
        assertThat(view("{\"é\":1}").has("é")).isTrue();
        assertThat(view("{\"\\u00e9\":1}").has("é")).isTrue();
        assertThat(view("{\"Ã©\":1}").has("é")).isFalse();
        assertThat(view("{\"\\ud83d\\ude39\":1}").has("😹")).isTrue();
        assertThat(view("{\"a\\/b\":1}").has("a/b")).isTrue();
    }

    @Test
    void givesEachValueOfANameThatIsThereMoreThanOnce() {
        assertThat(view("{\"code\":\"a\",\"x\":0,\"c\\u006fde\":\"cancelle\\u0064\"}")
                        .values("code"))
                .hasSize(2)
                .last()
                .matches(value -> value.isString("cancelled"));
        assertThat(view("{\"x\":0}").values("code")).isEmpty();
    }

    @Test
    void takesOutEachMemberOfAName() {
        assertThat(without("{\"code\":1,\"a\":2,\"b\":3}")).isEqualTo("{\"a\":2,\"b\":3}");
        assertThat(without("{\"a\":2,\"code\":{\"code\":1},\"b\":3}")).isEqualTo("{\"a\":2,\"b\":3}");
        assertThat(without("{\"a\":2,\"b\":{\"code\":1},\"code\":\"}\"}")).isEqualTo("{\"a\":2,\"b\":{\"code\":1}}");
        assertThat(without("{\"code\":1,\"\\u0063ode\":2}")).isEqualTo("{}");
        assertThat(without("{\"code\":1,\"a\":0,\"code\":2}")).isEqualTo("{\"a\":0}");
        assertThat(without("{}")).isEqualTo("{}");
    }

    @Test
    void isTheSameWhereThereIsNothingToTakeOut() {
        JsonObjectView view = view("{\"a\":1}");

        assertThat(view.without("code")).isSameAs(view);
    }

    @Test
    void addsMembersAtTheEnd() {
        assertThat(view("{}").with("state", JsonBytes.ofString("running")).json())
                .hasToString("{\"state\":\"running\"}");
        assertThat(view("{\"a\":[]}")
                        .with("attempt", JsonBytes.ofLong(2))
                        .with("retriable", JsonBytes.ofBoolean(false))
                        .json())
                .hasToString("{\"a\":[],\"attempt\":2,\"retriable\":false}");
        assertThat(view("{\"a\":1}").with("q\"", JsonBytes.ofLong(-1)).json()).hasToString("{\"a\":1,\"q\\\"\":-1}");
    }

    @Test
    void splicesAnObjectThatLiesAmongOtherBytes() {
        byte[] array = "[0,{\"code\":1,\"a\":2},9]".getBytes(UTF_8);
        JsonObjectView view = JsonObjectView.of(JsonBytes.trusted(array, 3, array.length - 3));

        assertThat(view.without("code").with("b", JsonBytes.ofLong(3)).json()).hasToString("{\"a\":2,\"b\":3}");
        assertThat(view.with("b", JsonBytes.ofLong(3)).json()).hasToString("{\"code\":1,\"a\":2,\"b\":3}");
        assertThat(array).asString(UTF_8).isEqualTo("[0,{\"code\":1,\"a\":2},9]");
    }

    @Test
    void isMadeOfObjectsOnly() {
        for (String other : List.of("[]", "\"{}\"", "1", "null")) {
            assertThatIllegalArgumentException().isThrownBy(() -> view(other));
        }
    }

    private static String without(String json) {
        return view(json).without("code").json().toString();
    }

    private static List<String> walk(String json) {
        List<String> seen = new ArrayList<>();
        JsonMembers members = view(json).members();
        while (members.next()) {
            seen.add(members.name() + "=" + members.value());
        }
        assertThat(members.next()).isFalse();
        return seen;
    }

    private static JsonObjectView view(String json) {
        return JsonObjectView.of(JsonBytes.trusted(json.getBytes(UTF_8)));
    }
}
