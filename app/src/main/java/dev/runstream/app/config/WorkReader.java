package dev.runstream.app.config;

import static dev.runstream.app.config.ServeSettings.*;

import dev.runstream.app.config.LlmSettings.ApiKey;
import dev.runstream.core.run.RunSettings;
import dev.runstream.store.redis.link.RedisAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what says how runs are kept and worked on, and checks what no setting can tell by itself. */
final class WorkReader {
    private static final String API_KEY = "RUNSTREAM_LLM_API_KEY";
    /** What may stand in a header. */
    private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

    private final GivenSettings given;
    private final Map<String, String> environment;

    WorkReader(GivenSettings given, Map<String, String> environment) {
        this.given = given;
        this.environment = environment;
    }

    WorkConfiguration read(StoreSettings store, int maxRunning) {
        return new WorkConfiguration(
                runs(), store, agents(maxRunning), totalBuffer(), given.get(DRAIN), given.get(LOG_FORMAT));
    }

    /** Its address, which was seen to be one only by its beginning. */
    StoreSettings redis(StoreKind.Redis kind) {
        try {
            return new StoreSettings.Redis(RedisAddress.parse(kind.address()));
        } catch (IllegalArgumentException wrong) {
            given.complain(given.saidOf(STORE, kind) + ", and " + wrong.getMessage() + ".");
            return new StoreSettings.Memory();
        }
    }

    private RunSettings runs() {
        long maxEvent = given.get(MAX_EVENT);
        long runBuffer = given.get(RUN_BUFFER);
        if (runBuffer < 4 * maxEvent) {
            given.complain(given.saidOf(RUN_BUFFER, runBuffer) + "; allowed is at least 4 x " + given.nameOf(MAX_EVENT)
                    + ", which is " + Quantities.showSize(4 * maxEvent) + ".");
        }
        return new RunSettings(
                Math.toIntExact(maxEvent),
                runBuffer,
                given.get(MAX_RUNS),
                given.get(LEASE),
                given.get(CANCEL_GRACE),
                given.get(DISCONNECT_GRACE),
                given.get(MAX_RUN_TIME),
                given.get(RETAIN_ENDED));
    }

    private long totalBuffer() {
        long totalBuffer = given.get(TOTAL_BUFFER);
        long least = 4 * given.get(MAX_EVENT);
        long direct = given.machine().directBytes();
        if (totalBuffer < least) {
            given.complain(given.saidOf(TOTAL_BUFFER, totalBuffer) + "; allowed is at least 4 x "
                    + given.nameOf(MAX_EVENT) + ", which is " + Quantities.showSize(least) + ".");
        } else if (totalBuffer > direct) {
            given.complain(given.saidOf(TOTAL_BUFFER, totalBuffer) + "; allowed is at most "
                    + Quantities.showSize(direct) + ", the direct memory of this JVM (RUNSTREAM_MEMORY or"
                    + " -XX:MaxDirectMemorySize raises that).");
        }
        return totalBuffer;
    }

    private AgentSettings agents(int maxRunning) {
        Optional<Path> folder = given.find(AGENTS);
        folder.filter(path -> !Files.isDirectory(path))
                .ifPresent(path -> given.complain(given.nameOf(AGENTS) + " is '" + path + "', "
                        + (Files.exists(path) ? "which is no folder" : "which does not exist") + "; allowed is "
                        + AGENTS.kind().allowed() + "."));
        return new AgentSettings(folder, maxRunning, llm());
    }

    private Optional<LlmSettings> llm() {
        Optional<URI> url = given.find(LLM_BASE_URL);
        Optional<String> model = given.find(LLM_MODEL);
        Optional<ApiKey> key = Optional.ofNullable(environment.get(API_KEY))
                .filter(text -> !text.isEmpty())
                .map(ApiKey::new);
        if (key.isPresent() && !VISIBLE.matcher(key.get().value()).matches()) {
            given.complain(API_KEY + " is not shown here; allowed are visible ASCII characters without spaces.");
        }
        if (model.isPresent() && !given.isGiven(LLM_BASE_URL)) {
            given.complain(given.saidOf(LLM_MODEL, model.get()) + "; allowed is a model only together with "
                    + LLM_BASE_URL.flag() + ".");
        }
        Duration silence = given.get(LLM_TIMEOUT);
        return url.map(address -> new LlmSettings(address, model, key, silence));
    }
}
