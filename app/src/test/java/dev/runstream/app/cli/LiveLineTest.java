package dev.runstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class LiveLineTest {
    private final LiveLine live = new LiveLine();

    private void take(String partial) throws Exception {
        live.take(new ObjectMapper().readTree(partial));
    }

    private String drawn() {
        return live.draw(200, true);
    }

    @Test
    void namesTheValuesOfAPartialButNotWhatWasAskedFor() throws Exception {
        assertThat(drawn()).isEmpty();
        take("{\"input\":{\"size\":1},\"seed\":7,\"net\":{\"tvpi\":2.3149},\"list\":[1],\"ok\":true,\"none\":null}");
        assertThat(drawn()).isEqualTo("net.tvpi 2.31 · ok true");
        assertThat(live.draw(12, true)).isEqualTo("net.tvpi 2.…");
        assertThat(live.draw(12, false)).isEqualTo("net.tvpi 2..");
    }

    @Test
    void putsTheMiddleOfAMeasureFirst() throws Exception {
        take("{\"paths\":5,\"metrics\":{\"tvpi\":{\"mean\":2,\"p50\":1.5},\"irr\":{\"mean\":8,\"max\":9}}}");
        assertThat(drawn()).isEqualTo("tvpi 1.50 · irr 8 · paths 5 · metrics.tvpi.mean 2 · metrics.irr.max 9");
    }

    @Test
    void putsWhatHasEverMovedBeforeWhatIsConstant() throws Exception {
        take("{\"total\":9,\"paths\":1,\"a\":{\"p50\":0,\"p95\":0},\"b\":{\"p50\":1,\"p95\":3}}");
        take("{\"total\":9,\"paths\":2,\"a\":{\"p50\":0,\"p95\":0},\"b\":{\"p50\":2,\"p95\":3}}");
        String moving = "b 2 · paths 2 · a 0 · total 9 · a.p95 0 · b.p95 3";
        assertThat(drawn()).isEqualTo(moving);
        take("{\"total\":9,\"paths\":2,\"a\":{\"p50\":0,\"p95\":0},\"b\":{\"p50\":2,\"p95\":3}}");
        assertThat(drawn()).as("it does not jump to and fro").isEqualTo(moving);
    }

    @Test
    void beginsAnewAfterItForgot() throws Exception {
        take("{\"a\":1,\"b\":1}");
        take("{\"a\":1,\"b\":2}");
        live.forget();
        assertThat(drawn()).isEmpty();
        take("{\"a\":1,\"b\":3}");
        assertThat(drawn()).isEqualTo("a 1 · b 3");
    }
}
