package dev.runstream.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.bullmq.QueueSettings;
import dev.runstream.core.run.RunSettings;
import dev.runstream.store.redis.link.RedisAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServeReaderTest {
    private static final long GB = 1L << 30;
    private static final Machine MACHINE = new Machine(6, 8 * GB, 3 * GB, 4096);

    @TempDir
    private Path temp;

    @Test
    void givesTheDefaultsOfTheContract() {
        ServeConfiguration defaults = accepted(Map.of(), Map.of());
        assertThat(defaults)
                .isEqualTo(new ServeConfiguration(
                        new ListenSettings("127.0.0.1", 8080, false, "/api/agents", List.of(), Transport.AUTO, 3584),
                        new StreamSettings(Duration.ofSeconds(25), Duration.ofMinutes(5), Duration.ofSeconds(30)),
                        1024 * 1024,
                        Optional.empty(),
                        new WorkConfiguration(
                                new RunSettings(
                                        256 * 1024,
                                        10 * 1024 * 1024,
                                        10_000,
                                        Duration.ofSeconds(60),
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(30),
                                        Duration.ZERO,
                                        Duration.ofHours(24)),
                                new StoreSettings.Sqlite(
                                        Path.of("runstream-data"), StoreSettings.Durability.OS, 10 * GB),
                                new AgentSettings(Optional.empty(), 24, Optional.empty()),
                                2 * GB,
                                Duration.ofSeconds(8),
                                LogFormat.TEXT)));
    }

    /** The rows of the contract's table, each flag with its default there. */
    @ParameterizedTest
    @CsvSource({
        "host, 127.0.0.1",
        "port, 8080",
        "insecure, off",
        "base-path, /api/agents",
        "bullmq, none",
        "bullmq-prefix, bull",
        "store, sqlite",
        "data, runstream-data",
        "durability, os",
        "transport, auto",
        "agents, none",
        "max-running, cores x 4",
        "max-runs, 10000",
        "llm-base-url, none",
        "llm-model, none",
        "llm-timeout, 60s",
        "keepalive, 25s",
        "idle-timeout, 5m",
        "slow-reader-timeout, 30s",
        "cancel-grace, 30s",
        "disconnect-grace, 30s",
        "lease, 60s",
        "max-event, 256KB",
        "max-input, 1MB",
        "run-buffer, 10MB",
        "total-buffer, a quarter of the memory given",
        "max-disk, 10GB",
        "max-run-time, none",
        "drain, 8s",
        "retain-ended, 24h",
        "max-connections, from the file limit",
        "cors-origin, none",
        "log-format, text",
    })
    void tellsTheDefaultOfEachFlag(String name, String fallback) {
        assertThat(setting(name).defaultText()).isEqualTo(fallback);
    }

    @Test
    void hasNoFlagThatTheContractLacks() {
        assertThat(ServeSettings.GROUPS.stream()
                        .mapToInt(group -> group.settings().size())
                        .sum())
                .isEqualTo(33);
    }

    @Test
    void takesEachSettingFromAFlag() throws Exception {
        Map<String, String> flags = everyFlag();
        assertThat(accepted(flags, Map.of())).isEqualTo(everyValue(Optional.empty()));
    }

    @Test
    void takesEachSettingFromTheEnvironment() throws Exception {
        Map<String, String> environment = new LinkedHashMap<>();
        everyFlag().forEach((name, value) -> environment.put(setting(name).variable(), value));
        environment.put("RUNSTREAM_LLM_API_KEY", "secret-1");
        assertThat(accepted(Map.of(), environment))
                .isEqualTo(everyValue(Optional.of(new LlmSettings.ApiKey("secret-1"))));
    }

    private Map<String, String> everyFlag() throws Exception {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("host", "::1");
        flags.put("port", "0");
        flags.put("insecure", "true");
        flags.put("base-path", "/runs/v1");
        flags.put("cors-origin", "https://App.example.com:443,http://localhost:5173");
        flags.put("max-connections", "12");
        flags.put("transport", "io_uring");
        flags.put("store", "sqlite");
        flags.put("data", temp.resolve("data").toString());
        flags.put("durability", "fsync");
        flags.put("max-disk", "3gb");
        flags.put("bullmq-prefix", "jobs");
        flags.put("agents", Files.createDirectories(temp.resolve("jars")).toString());
        flags.put("max-running", "0");
        flags.put("max-runs", "7");
        flags.put("llm-base-url", "https://api.example.com/v1/");
        flags.put("llm-model", "small");
        flags.put("llm-timeout", "10m");
        flags.put("keepalive", "250ms");
        flags.put("idle-timeout", "1m");
        flags.put("slow-reader-timeout", "2s");
        flags.put("cancel-grace", "0s");
        flags.put("disconnect-grace", "4s");
        flags.put("lease", "5s");
        flags.put("max-event", "1KB");
        flags.put("max-input", "2KB");
        flags.put("run-buffer", "4KB");
        flags.put("total-buffer", "1MB");
        flags.put("max-run-time", "2h");
        flags.put("drain", "3s");
        flags.put("retain-ended", "168h");
        flags.put("log-format", "json");
        return flags;
    }

    private ServeConfiguration everyValue(Optional<LlmSettings.ApiKey> key) {
        return new ServeConfiguration(
                new ListenSettings(
                        "::1",
                        0,
                        true,
                        "/runs/v1",
                        List.of("https://app.example.com", "http://localhost:5173"),
                        Transport.IO_URING,
                        12),
                new StreamSettings(Duration.ofMillis(250), Duration.ofMinutes(1), Duration.ofSeconds(2)),
                2048,
                Optional.empty(),
                new WorkConfiguration(
                        new RunSettings(
                                1024,
                                4096,
                                7,
                                Duration.ofSeconds(5),
                                Duration.ZERO,
                                Duration.ofSeconds(4),
                                Duration.ofHours(2),
                                Duration.ofHours(168)),
                        new StoreSettings.Sqlite(temp.resolve("data"), StoreSettings.Durability.FSYNC, 3 * GB),
                        new AgentSettings(
                                Optional.of(temp.resolve("jars")),
                                0,
                                Optional.of(new LlmSettings(
                                        URI.create("https://api.example.com/v1"),
                                        Optional.of("small"),
                                        key,
                                        Duration.ofMinutes(10)))),
                        1 << 20,
                        Duration.ofSeconds(3),
                        LogFormat.JSON));
    }

    @Test
    void letsAFlagWinOverTheEnvironment() {
        ServeConfiguration read = accepted(
                Map.of("port", "1"), Map.of("RUNSTREAM_PORT", "2", "RUNSTREAM_LEASE", "9s", "RUNSTREAM_DRAIN", ""));
        assertThat(read.listen().port()).isEqualTo(1);
        assertThat(read.work().runs().lease()).isEqualTo(Duration.ofSeconds(9));
        assertThat(read.work().drain()).isEqualTo(Duration.ofSeconds(8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host | 256.1.1.1 | a host name or an IP address",
                "host | 127.1 | a host name or an IP address",
                "host | [localhost] | a host name or an IP address",
                "host | a_b | a host name or an IP address",
                "port | 65536 | a port from 0 to 65535",
                "port | -1 | a port from 0 to 65535",
                "port | http | a port from 0 to 65535",
                "port | 99999999999999999999 | a port from 0 to 65535",
                "insecure | yes | true or false",
                "base-path | api | a path such as /api/agents",
                "base-path | / | a path such as /api/agents",
                "base-path | /api/ | a path such as /api/agents",
                "base-path | /a/../b | a path such as /api/agents",
                "base-path | /metrics/x | a path such as /api/agents",
                "base-path | /assets | a path such as /api/agents",
                "base-path | /console/api | a path such as /api/agents",
                "base-path | /run | a path such as /api/agents",
                "base-path | /a?b | a path such as /api/agents",
                "cors-origin | example.com | an origin such as https://app.example.com",
                "cors-origin | https://example.com/path | an origin such as https://app.example.com",
                "cors-origin | https://*.example.com | an origin such as https://app.example.com",
                "cors-origin | null | an origin such as https://app.example.com",
                "max-connections | 0 | a whole number from 1",
                "transport | kqueue | auto, epoll, io_uring or nio",
                "store | postgres | sqlite, memory, or an address such as redis://",
                "store | redis: | sqlite, memory, or an address such as redis://",
                "durability | none | os or fsync",
                "max-disk | 10 | a size from 16MB to 1024TB",
                "max-disk | 1KB | a size from 16MB to 1024TB",
                "max-disk | 9999999999TB | a size from 16MB to 1024TB",
                "bullmq | a:b | the name of a queue",
                "max-running | -1 | a whole number from 0 to 100000",
                "max-runs | 0 | a whole number from 1 to 10000000",
                "max-runs | 1.5 | a whole number from 1 to 10000000",
                "llm-base-url | ftp://a | an http or https address",
                "llm-base-url | https://a#b | an http or https address",
                "llm-base-url | https://a?b#c | an http or https address",
                "llm-base-url | https://a?b c | an http or https address",
                "llm-base-url | a | an http or https address",
                "llm-timeout | 0s | a duration from 100ms to 24h",
                "llm-timeout | 60 | a duration from 100ms to 24h",
                "keepalive | 25 | a duration from 100ms to 60m, such as 250ms, 25s, 5m or 24h",
                "keepalive | 0s | a duration from 100ms to 60m",
                "keepalive | 25S | a duration from 100ms to 60m",
                "idle-timeout | 25h | a duration from 100ms to 24h",
                "slow-reader-timeout | soon | a duration from 100ms",
                "cancel-grace | -1s | a duration from 0s to 24h",
                "disconnect-grace | 1d | a duration from 0s to 24h",
                "lease | none | a duration from 100ms to 24h",
                "max-event | 1000B | a size from 1KB to 64MB",
                "max-event | 65MB | a size from 1KB to 64MB",
                "max-input | 0KB | a size from 1KB to 64MB",
                "run-buffer | 10M | a size from 4KB",
                "total-buffer | lots | a size from 4KB",
                "max-run-time | never | none, or a duration",
                "drain | 2h | a duration from 0s to 60m",
                "retain-ended | 0s | a duration from 100ms",
                "log-format | xml | text or json",
            })
    void refusesAValueThatMakesNoSenseByItsName(String name, String value, String allowed) {
        assertThat(refused(Map.of(name, value), Map.of()))
                .singleElement()
                .asString()
                .startsWith("--" + name + " is '" + value + "'; allowed is " + allowed);
        String variable = setting(name).variable();
        assertThat(refused(Map.of(), Map.of(variable, value)))
                .singleElement()
                .asString()
                .startsWith(variable + " is '" + value + "'; allowed is " + allowed);
    }

    @Test
    void tellsAllFaultsAtOnce() {
        assertThat(refused(Map.of("port", "x", "lease", "y"), Map.of("RUNSTREAM_TRANSPORT", "z")))
                .hasSize(3);
    }

    @Test
    void refusesAnAddressThatOthersReachUnlessItIsInsecure() {
        assertThat(refused(Map.of("host", "0.0.0.0"), Map.of()))
                .containsExactly(
                        "--host is 0.0.0.0, which others can reach, and there is no authentication yet: whoever"
                                + " reaches the port could start, read and cancel every run. Allowed is a loopback address such"
                                + " as 127.0.0.1, or any address together with --insecure.");
        assertThat(accepted(Map.of("host", "0.0.0.0", "insecure", "true"), Map.of())
                        .listen()
                        .host())
                .isEqualTo("0.0.0.0");
        assertThat(accepted(Map.of("host", "localhost"), Map.of()).listen().host())
                .isEqualTo("localhost");
        assertThat(accepted(Map.of("host", "127.9.9.9"), Map.of()).listen().host())
                .isEqualTo("127.9.9.9");
        assertThat(refused(Map.of("host", "runner.example.com"), Map.of())).hasSize(1);
    }

    @Test
    void refusesARunBufferThatHoldsFewerThanFourEvents() {
        assertThat(refused(Map.of("run-buffer", "1023KB"), Map.of()))
                .containsExactly("--run-buffer is 1023KB; allowed is at least 4 x --max-event, which is 1MB.");
        assertThat(refused(Map.of(), Map.of("RUNSTREAM_MAX_EVENT", "4MB")))
                .containsExactly(
                        "--run-buffer is 10MB by default; allowed is at least 4 x RUNSTREAM_MAX_EVENT, which is 16MB.");
        assertThat(accepted(Map.of("run-buffer", "1MB"), Map.of()).work().runs().runBufferBytes())
                .isEqualTo(1 << 20);
    }

    @Test
    void refusesABufferForAllRunsThatIsTooSmallOrLargerThanDirectMemory() {
        assertThat(refused(Map.of("total-buffer", "512KB"), Map.of()))
                .containsExactly("--total-buffer is 512KB; allowed is at least 4 x --max-event, which is 1MB.");
        assertThat(refused(Map.of("total-buffer", "4GB"), Map.of()))
                .containsExactly("--total-buffer is 4GB; allowed is at most 3GB, the direct memory of this JVM"
                        + " (RUNSTREAM_MEMORY or -XX:MaxDirectMemorySize raises that).");
    }

    @Test
    void refusesAKeepaliveThatWouldNeverComeOnlyWhereBothWereGiven() {
        assertThat(refused(Map.of("keepalive", "10s"), Map.of("RUNSTREAM_IDLE_TIMEOUT", "10s")))
                .containsExactly("--keepalive is 10s; allowed is less than RUNSTREAM_IDLE_TIMEOUT, which is 10s.");
        assertThat(accepted(Map.of("idle-timeout", "1s"), Map.of()).streams().idleTimeout())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void refusesMoreStreamsThanFilesMayBeOpen() {
        assertThat(refused(Map.of("max-connections", "3585"), Map.of()))
                .containsExactly(
                        "--max-connections is 3585; allowed is at most 3584, because this process may open 4096"
                                + " files and sockets (ulimit -n raises that).");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://127.0.0.1",
                "redis://me:s3cret@db1:6380,db2/3?prefix=rs:&wait=1",
                "rediss://:s3cret@db",
                "redis+sentinel://s1,s2/main",
                "rediss+sentinel://:s3cret@s1/2/main",
            })
    void takesEachFormOfAnAddressOfRedisAndShowsNoPassword(String address) {
        ServeConfiguration read = accepted(Map.of("store", address), Map.of());
        assertThat(read.work().store()).isEqualTo(new StoreSettings.Redis(RedisAddress.parse(address)));
        assertThat(read.toString()).contains("store=Redis").doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://:s3cret@db/a/b | after the hosts there may only be /database",
                "redis://:s3cret@db:s3cret | the port of db is no number from 0 to 65535",
                "redis://:s3cret/@db | there is an @ after the hosts",
                "redis+sentinel://:s3cret@db | there has to be /master-name",
                "redis://:s3cret@db?pasword=s3cret | there is no option pasword",
                "redis://:s3cret%@db | the password has a % that is not followed by two hex digits",
            })
    void saysWhatIsWrongWithAnAddressOfRedisAndShowsNoPassword(String address, String wrong) {
        String scheme = address.substring(0, address.indexOf(':'));
        assertThat(refused(Map.of("store", address), Map.of()))
                .singleElement()
                .asString()
                .startsWith("--store is " + scheme + "://…, and the address of Redis is wrong: ")
                .contains(wrong)
                .doesNotContain("s3cret");
        assertThat(refused(Map.of(), Map.of("RUNSTREAM_STORE", address)))
                .singleElement()
                .asString()
                .startsWith("RUNSTREAM_STORE is " + scheme)
                .doesNotContain("s3cret");
    }

    @Test
    void showsNoPasswordOfWhatIsNoAddress() {
        assertThat(refused(Map.of("store", "redis//:secret@db"), Map.of()))
                .singleElement()
                .asString()
                .doesNotContain("secret");
    }

    @Test
    void takesQueuesBesideARedis() {
        Map<String, String> flags = Map.of(
                "bullmq",
                "agents, simulations,agents",
                "bullmq-prefix",
                "{jobs}",
                "store",
                "redis://db",
                "max-event",
                "1KB");
        assertThat(accepted(flags, Map.of()).queues())
                .contains(new QueueSettings(List.of("agents", "simulations"), "{jobs}", 1024));
    }

    @Test
    void refusesAQueueWithoutRedis() {
        assertThat(refused(Map.of("bullmq", "jobs"), Map.of()))
                .containsExactly(
                        "--bullmq is jobs; allowed is a queue only together with --store redis://…, because that"
                                + " is where queues live.");
    }

    @Test
    void refusesFoldersThatCannotBe() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        assertThat(refused(Map.of("data", file.toString(), "agents", file.toString()), Map.of()))
                .containsExactly(
                        "--data is " + file + ", which is no folder; allowed is a folder, which is made where it is"
                                + " missing.",
                        "--agents is '" + file + "', which is no folder; allowed is a folder that exists.");
        assertThat(refused(Map.of("agents", temp.resolve("none").toString()), Map.of()))
                .singleElement()
                .asString()
                .contains("which does not exist");
    }

    @Test
    void neverShowsTheKeyOfTheModel() {
        assertThat(refused(Map.of(), Map.of("RUNSTREAM_LLM_API_KEY", "sec\nret")))
                .singleElement()
                .asString()
                .startsWith("RUNSTREAM_LLM_API_KEY is not shown here")
                .doesNotContain("ret\n");
        ServeConfiguration read =
                accepted(Map.of("llm-base-url", "http://127.0.0.1:9"), Map.of("RUNSTREAM_LLM_API_KEY", "s3cret"));
        assertThat(read.work()
                        .agents()
                        .llm()
                        .orElseThrow()
                        .apiKey()
                        .orElseThrow()
                        .value())
                .isEqualTo("s3cret");
        assertThat(read.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "http://host/v1?api-version=2, http://host/v1?api-version=2",
        "http://host/v1//?api-version=2/, http://host/v1?api-version=2/",
        "http://host?a=%20b/, http://host?a=%20b/",
        "http://host/, http://host",
    })
    void keepsTheQueryOfAModelsBaseUrl(String given, URI kept) {
        ServeConfiguration read = accepted(Map.of("llm-base-url", given), Map.of());
        assertThat(read.work().agents().llm().orElseThrow().baseUrl()).isEqualTo(kept);
    }

    @Test
    void refusesAUserInAModelsBaseUrlWithoutShowingIt() {
        assertThat(refused(Map.of("llm-base-url", "https://me:s3cret@host/v1?a=b"), Map.of()))
                .singleElement()
                .asString()
                .contains("without user or fragment")
                .doesNotContain("s3cret");
    }

    @Test
    void refusesAModelWithoutAnEndpoint() {
        assertThat(refused(Map.of("llm-model", "small"), Map.of()))
                .containsExactly("--llm-model is small; allowed is a model only together with --llm-base-url.");
    }

    @Test
    void namesKubernetesWhereItSetThePort() {
        assertThat(refused(Map.of(), Map.of("RUNSTREAM_PORT", "tcp://10.0.0.1:80")))
                .singleElement()
                .asString()
                .contains("enableServiceLinks");
    }

    @Test
    void findsVariablesThatAreMisspelt() {
        assertThat(ServeOptions.unknownVariables(Map.of(
                        "RUNSTREAM_KEEPALIV", "1s",
                        "RUNSTREAM_KEEPALIVE", "1s",
                        "RUNSTREAM_SERVER", "x",
                        "RUNSTREAM_SERVICE_HOST", "x",
                        "RUNSTREAM_PORT_80_TCP", "x",
                        "PATH", "x")))
                .containsExactly("RUNSTREAM_KEEPALIV");
    }

    @Test
    void leavesRoomForOtherFilesBesideStreams() {
        assertThat(new Machine(1, 1, 1, 1024).mostConnections()).isEqualTo(896);
        assertThat(new Machine(1, 1, 1, 1_048_576).mostConnections()).isEqualTo(1_048_576 - 4096);
        assertThat(new Machine(1, 1, 1, 10).mostConnections()).isEqualTo(5);
        assertThat(new Machine(1, 1, 1, Long.MAX_VALUE).mostConnections()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void keepsTheBufferWithinDirectMemory() {
        assertThat(new Machine(1, 4 * GB, 3 * GB / 2, 10).defaultTotalBuffer()).isEqualTo(GB);
        assertThat(new Machine(1, 4 * GB, 3 << 20, 10).defaultTotalBuffer()).isEqualTo(2 << 20);
    }

    private static ServeConfiguration accepted(Map<String, String> flags, Map<String, String> environment) {
        return Outcomes.accepted(read(flags, environment));
    }

    private static List<String> refused(Map<String, String> flags, Map<String, String> environment) {
        return Outcomes.refused(read(flags, environment));
    }

    private static Outcome<ServeConfiguration> read(Map<String, String> flags, Map<String, String> environment) {
        Map<String, List<String>> given = flags.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        flag -> setting(flag.getKey()).repeatable()
                                ? Arrays.asList(flag.getValue().split(",", -1))
                                : List.of(flag.getValue())));
        return new ServeReader(given, environment, MACHINE).read();
    }

    private static Setting<?> setting(String name) {
        return ServeSettings.GROUPS.stream()
                .<Setting<?>>flatMap(group -> group.settings().stream())
                .filter(setting -> setting.name().equals(name))
                .findAny()
                .orElseThrow();
    }
}
