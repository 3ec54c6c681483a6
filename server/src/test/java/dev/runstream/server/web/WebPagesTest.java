package dev.runstream.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.server.http.Response;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which file a path gets, and what a browser may keep of it. */
class WebPagesTest {
    private static final String SCRIPT = "/assets/words-a1b2c3d4.js";

    private final WebPages pages = new WebPages("/base", "/test-pages/");

    private static HttpHeaders browser() {
        return new DefaultHttpHeaders().set("Accept", "text/html,*/*;q=0.8");
    }

    private Response ask(String path, String header, String value) {
        return pages.answer(path, browser().set(header, value));
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "/,wizard",
        "/run/some.run,wizard",
        "/consoles,wizard",
        "/console,console",
        "/console/,console",
        "/console/run/a..b,console",
        "/index.html,wizard"
    })
    void givesEachDeepLinkItsPage(String path, String page) {
        Response response = pages.answer(path, browser());
        assertThat(response.status().code()).isEqualTo(200);
        assertThat(text(response)).contains("<title>" + page + "</title>");
    }

    @Test
    void writesTheBasePathIntoAPage() {
        assertThat(text(pages.answer("/", browser()))).contains("content=\"/base\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {SCRIPT + ".map", "/assets/gone-12345678.js", "/run/some.run"})
    void givesAScriptThatIsGoneNoPage(String path) {
        HttpHeaders ofAScript = new DefaultHttpHeaders().set("Accept", "*/*");
        assertThat(pages.answer(path, ofAScript).status().code()).isEqualTo(404);
    }

    @Test
    void letsABrowserKeepForGoodWhatHasAHashInItsName() {
        assertThat(pages.answer(SCRIPT, browser()).headers().get("Cache-Control"))
                .isEqualTo("public, max-age=31536000, immutable");
        assertThat(pages.answer("/console", browser()).headers().get("Cache-Control"))
                .isEqualTo("no-cache");
    }

    @Test
    void sendsAPageAgainOnlyIfItHasChanged() {
        String tag = pages.answer("/", browser()).headers().get("ETag");
        Response known = ask("/", "If-None-Match", "\"other\", " + tag);
        assertThat(known.status().code()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThat(known.headers().get("ETag")).isEqualTo(tag);
        assertThat(ask("/console", "If-None-Match", tag).status().code()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br, GZIP;q=0.5", "deflate , gzip ; q=1"})
    void compressesForWhoeverTakesIt(String accepted) throws IOException {
        Response plain = pages.answer(SCRIPT, browser());
        Response small = ask(SCRIPT, "Accept-Encoding", accepted);
        assertThat(small.headers().get("Content-Encoding")).isEqualTo("gzip");
        assertThat(small.body().length).isLessThan(plain.body().length / 4);
        assertThat(small.headers().get("Vary")).contains("Accept-Encoding");
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(small.body()))) {
            assertThat(gzip.readAllBytes()).isEqualTo(plain.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "br", "gzip;q=0", "gzip; q=0.00, br", "*"})
    void sendsPlainBytesToEveryoneElse(String accepted) {
        Response response = ask(SCRIPT, "Accept-Encoding", accepted);
        assertThat(response.headers().contains("Content-Encoding")).isFalse();
        assertThat(text(response)).startsWith("export const words");
    }

    @Test
    void allowsNothingThatIsNotItsOwn() {
        String policy = pages.answer("/", browser()).headers().get("Content-Security-Policy");
        assertThat(policy)
                .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
                .doesNotContain("unsafe")
                .doesNotContain("http");
    }
}
