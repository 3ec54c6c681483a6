package dev.runstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that builds the web pages, where npm reaches no registry, and later one. That it builds them is seen in {@code e2e}. */
@Tag("slow")
final class WebPagesScriptTest {
    private static final String LOCK = """
            {"name":"pages","lockfileVersion":3,"requires":true,"packages":{
            "":{"name":"pages","dependencies":{"vite":"1.0.0"}},
            "node_modules/vite":{"version":"1.0.0"}}}
            """;
    private static final byte[] PACKAGE = """
            {"name":"vite","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"vite","version":"1.0.0"}}}
            """.getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path home;

    @BeforeEach
    void makeACheckout() throws IOException {
        Files.createDirectories(home.resolve("web"));
        Files.createDirectories(home.resolve("scripts"));
        Files.createDirectories(home.resolve("app/target"));
        for (String script : new String[] {"web.sh", "node.sh"}) {
            Files.copy(Path.of("../scripts", script), home.resolve("scripts").resolve(script));
        }
        Files.writeString(
                home.resolve("web/package.json"), "{\"name\":\"pages\",\"dependencies\":{\"vite\":\"1.0.0\"}}");
        Files.writeString(home.resolve("web/package-lock.json"), LOCK);
    }

    @Test
    void buildsWithoutPagesWhereNpmGetsNoPackagesAndTheyAreWantedOnceItDoes() throws Exception {
        String nobody = "http://127.0.0.1:" + freePort();
        Ended built = sh(nobody, home.resolve("scripts/web.sh").toString());
        assertThat(built.status()).as(built.said()).isZero();
        assertThat(built.said())
                .contains("runstream: npm could not install the packages that web/package-lock.json names; "
                        + "built without the web pages.");
        assertThat(home.resolve("web/dist")).doesNotExist();
        assertThat(pagesWanted(nobody)).isFalse();

        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/vite", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("Cache-Control", "public, max-age=300");
            exchange.sendResponseHeaders(200, PACKAGE.length);
            exchange.getResponseBody().write(PACKAGE);
            exchange.close();
        });
        registry.start();
        String address = "http://127.0.0.1:" + registry.getAddress().getPort();
        try {
            assertThat(pagesWanted(address)).isTrue();
        } finally {
            registry.stop(0);
        }
        // What npm was told before it must not take for an answer now.
        assertThat(pagesWanted(address)).isFalse();
    }

    private boolean pagesWanted(String registry) throws Exception {
        return sh(registry, "-c", ". \"$1/scripts/node.sh\" && pages_wanted \"$1\"", "sh", home.toString())
                        .status()
                == 0;
    }

    private Ended sh(String registry, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh").redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().put("npm_config_registry", registry + "/");
        builder.environment().put("npm_config_fetch_retries", "0");
        builder.environment().put("npm_config_cache", home.resolve("npm").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), said);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private record Ended(int status, String said) {}
}
