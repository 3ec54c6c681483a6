package dev.runstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the snippets of {@code docs/java-client.md}, so that the compiler reads them, and compares the two. */
class DocumentationTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void everySnippetOfTheGuideIsCodeThatCompilesHere() throws IOException {
        String source = flat(Files.readString(Path.of("src/test/java/dev/runstream/client/DocumentationTest.java")));
        List<String> snippets = new ArrayList<>();
        Matcher matcher = SNIPPET.matcher(Files.readString(Path.of("../docs/java-client.md")));
        while (matcher.find()) {
            snippets.add(flat(matcher.group(1)));
        }
        assertThat(snippets)
                .hasSizeGreaterThan(5)
                .allSatisfy(snippet -> assertThat(source).contains(snippet));
    }

    /** The formatter breaks lines where it likes. */
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }

    static RunstreamClient connect() {
        RunstreamClient client = RunstreamClient.at("http://127.0.0.1:8080/api/agents");
        return client;
    }

    static void start(RunstreamClient client, Shown shown) {
        Run run = client.startRun(StartRun.of("fund-scenario").input(Map.of("paths", 1_000_000, "seed", 7)));
        shown.follow(client, run);
    }

    abstract static class Shown {
        abstract void show(EventId id, String event, String json);

        abstract void forgetEverything();

        abstract void missed(EventId from, EventId to);

        void follow(RunstreamClient client, Run run) {
            try (RunStream stream = client.follow(run.runId())) {
                for (StreamItem item : stream) {
                    switch (item) {
                        case StreamEvent event ->
                            show(event.id(), event.event(), event.data().text());
                        case StreamItem.Reset reset -> forgetEverything();
                        case StreamItem.Gap gap -> missed(gap.from(), gap.to());
                        default -> {}
                    }
                }
            }
        }
    }

    abstract static class Waiting {
        abstract void use(JsonData result);

        void awaitEnd(RunstreamClient client, Run run) {
            Run ended = client.awaitEnd(run.runId());
            if (ended.state() == RunState.COMPLETED) {
                use(client.getResult(run.runId()));
            }
        }
    }

    static RunStream goOn(RunstreamClient client, String runId, String kept) {
        return client.follow(runId, FollowOptions.DEFAULT.after(EventId.parse(kept)));
    }

    static List<Object> cancelAndRead(RunstreamClient client, String runId) {
        RunState state = client.cancelRun(runId);
        Run now = client.getRun(runId);
        JsonData result = client.getResult(runId);
        RunPage page = client.listRuns(RunQuery.ALL.in(RunState.RUNNING).limit(20));
        return List.of(state, now, result, page);
    }

    interface Work {
        void stop();

        boolean hasMore();

        Object next();

        Object result();
    }

    static void publish(RunstreamClient client, Work work) {
        Run run = client.startRun(StartRun.external().lease(Duration.ofSeconds(60)));
        try (RunPublisher publisher = client.publish(run.runId())) {
            publisher.onCancel(work::stop);
            while (work.hasMore()) {
                publisher.delta(work.next());
            }
            publisher.complete(work.result());
        }
    }
}
