package dev.runstream.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.run.RunSettings;
import dev.runstream.store.redis.link.RedisAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerReaderTest {
    private static final long GB = 1L << 30;
    private static final Machine MACHINE = new Machine(6, 8 * GB, 3 * GB, 4096);
    private static final StoreSettings REDIS = new StoreSettings.Redis(RedisAddress.parse("redis://db"));

    @TempDir
    private Path temp;

    @Test
    void hasTheDefaultsOfAServer() {
        assertThat(accepted(Map.of("store", "redis://db"), Map.of()))
                .isEqualTo(new WorkConfiguration(
                        RunSettings.defaults(),
                        REDIS,
                        new AgentSettings(Optional.empty(), 24, Optional.empty()),
                        2 * GB,
                        Duration.ofSeconds(8),
                        LogFormat.TEXT));
    }

    @Test
    void takesEachSettingFromAFlagOrTheEnvironment() {
        Map<String, String> flags = Map.ofEntries(
                Map.entry("store", "redis://db"),
                Map.entry("retain-ended", "168h"),
                Map.entry("agents", temp.toString()),
                Map.entry("max-running", "3"),
                Map.entry("llm-base-url", "https://api.example.com/v1"),
                Map.entry("llm-model", "small"),
                Map.entry("llm-timeout", "10m"),
                Map.entry("lease", "5s"),
                Map.entry("cancel-grace", "6s"),
                Map.entry("disconnect-grace", "7s"),
                Map.entry("drain", "3s"),
                Map.entry("max-event", "1KB"),
                Map.entry("run-buffer", "4KB"),
                Map.entry("total-buffer", "1MB"),
                Map.entry("log-format", "json"));
        RunSettings defaults = RunSettings.defaults();
        WorkConfiguration wanted = new WorkConfiguration(
                new RunSettings(
                        1024,
                        4096,
                        defaults.maxOpenRuns(),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(7),
                        defaults.maxRunTime(),
                        Duration.ofDays(7)),
                REDIS,
                new AgentSettings(
                        Optional.of(temp),
                        3,
                        Optional.of(new LlmSettings(
                                URI.create("https://api.example.com/v1"),
                                Optional.of("small"),
                                Optional.empty(),
                                Duration.ofMinutes(10)))),
                1 << 20,
                Duration.ofSeconds(3),
                LogFormat.JSON);
        assertThat(flags.keySet())
                .containsExactlyInAnyOrderElementsOf(new Flags(WorkerSettings.GROUPS)
                        .settings().stream().map(Setting::name).toList());
        assertThat(accepted(flags, Map.of())).isEqualTo(wanted);

        Map<String, String> environment = new HashMap<>();
        flags.forEach((name, value) ->
                environment.put("RUNSTREAM_" + name.toUpperCase(Locale.ROOT).replace('-', '_'), value));
        assertThat(accepted(Map.of(), environment)).isEqualTo(wanted);
    }

    @Test
    void namesItsSettingsAsAServerDoes() {
        List<String> ofServer = new Flags(ServeSettings.GROUPS)
                .settings().stream().map(Setting::name).toList();
        assertThat(new Flags(WorkerSettings.GROUPS).settings())
                .extracting(Setting::name)
                .isSubsetOf(ofServer);
    }

    @Test
    void takesTheKeyOfTheModelFromTheEnvironment() {
        WorkConfiguration read = accepted(
                Map.of("store", "redis://db", "llm-base-url", "http://127.0.0.1:9"),
                Map.of("RUNSTREAM_LLM_API_KEY", "s3cret"));
        assertThat(read.agents().llm().orElseThrow().apiKey()).contains(new LlmSettings.ApiKey("s3cret"));
    }

    @Test
    void needsAStoreThatIsShared() {
        String allowed = "allowed is the address of a Redis, such as redis://127.0.0.1:6379, that a worker shares with"
                + " servers (what sqlite and memory keep is worked on by the one server that has it).";
        assertThat(refused(Map.of(), Map.of())).containsExactly("--store is missing; " + allowed);
        assertThat(refused(Map.of("store", "sqlite"), Map.of())).containsExactly("--store is 'sqlite'; " + allowed);
        assertThat(refused(Map.of(), Map.of("RUNSTREAM_STORE", "memory")))
                .containsExactly("RUNSTREAM_STORE is 'memory'; " + allowed);
    }

    @ParameterizedTest
    @CsvSource({"redis://:s3cret@db/x/y", "rediss://:s3cret@db:s3cret", "s3cret@db"})
    void showsNoPassword(String address) {
        assertThat(refused(Map.of("store", address), Map.of()))
                .singleElement()
                .asString()
                .startsWith("--store is ")
                .doesNotContain("s3cret");
    }

    @Test
    void needsRoomForAtLeastOneAgent() {
        assertThat(refused(Map.of("store", "redis://db", "max-running", "0"), Map.of()))
                .containsExactly("--max-running is '0'; allowed is a whole number from 1 to 100000.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUNSTREAM_PORT", "RUNSTREAM_MAX_RUNS", "RUNSTREAM_DURABILITY", "RUNSTREAM_KEEPALIVE"})
    void isNotConcernedWithWhatOnlyAServerHas(String variable) {
        assertThat(accepted(Map.of("store", "redis://db"), Map.of(variable, "x"))
                        .store())
                .isEqualTo(REDIS);
    }

    private static WorkConfiguration accepted(Map<String, String> flags, Map<String, String> environment) {
        return Outcomes.accepted(read(flags, environment));
    }

    private static List<String> refused(Map<String, String> flags, Map<String, String> environment) {
        return Outcomes.refused(read(flags, environment));
    }

    private static Outcome<WorkConfiguration> read(Map<String, String> flags, Map<String, String> environment) {
        Map<String, List<String>> given = flags.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, flag -> List.of(flag.getValue())));
        return new WorkerReader(given, environment, MACHINE).read();
    }
}
