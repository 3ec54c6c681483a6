package dev.runstream.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runstream.core.testing.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How the runs of any store are listed. */
interface ListingContract extends StoreTests {
    private RunListing list(RunQuery query) {
        return Stages.await(store().list(query));
    }

    private static RunQuery all(int limit) {
        return new RunQuery(Optional.empty(), Optional.empty(), limit, Optional.empty());
    }

    private static List<String> ids(RunListing listing) {
        return listing.runs().stream().map(run -> run.record().runId()).toList();
    }

    @Test
    default void listsTheLatestFirst() {
        for (String runId : List.of("b", "a", "c")) {
            startExternal(runId);
            pass(Duration.ofMillis(5));
        }

        assertThat(ids(list(all(10)))).containsExactly("c", "a", "b");
        assertThat(list(all(10)).more()).isFalse();
    }

    @Test
    default void listsRunsOfOneMomentByName() {
        for (String runId : List.of("b", "a", "c")) {
            startExternal(runId);
        }
        assertThat(ids(list(all(10)))).containsExactly("a", "b", "c");
    }

    @Test
    default void pagesWithoutRepeatOrHoleWhileRunsAreStarted() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            startExternal("r" + (100 + i));
            expected.addFirst("r" + (100 + i));
            pass(Duration.ofMillis(i % 3));
        }
        expected.sort(java.util.Comparator.comparing(
                runId -> RunQuery.Place.of(find(runId).orElseThrow().record())));

        List<String> seen = new ArrayList<>();
        Optional<RunQuery.Place> after = Optional.empty();
        boolean more = true;
        while (more) {
            RunListing page = list(new RunQuery(Optional.empty(), Optional.empty(), 5, after));
            seen.addAll(ids(page));
            after = Optional.of(RunQuery.Place.of(page.runs().getLast().record()));
            more = page.more();
            pass(Duration.ofSeconds(1));
            startExternal("later" + seen.size());
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    default void tellsWhetherOthersFollowAtTheExactEnd() {
        startExternal("a");
        startExternal("b");

        assertThat(list(all(1)).more()).isTrue();
        assertThat(list(all(2)).more()).isFalse();
    }

    @Test
    default void listsByStateAndByAgent() {
        startExternal("running");
        startExternal("done");
        append("done", Drafts.complete("1"));
        startExternal("stopping");
        cancel("stopping");
        start(ofAgent("waiting"));

        assertThat(ids(list(new RunQuery(Optional.of(RunState.RUNNING), Optional.empty(), 10, Optional.empty()))))
                .containsExactly("running");
        assertThat(ids(list(new RunQuery(Optional.of(RunState.COMPLETED), Optional.empty(), 10, Optional.empty()))))
                .containsExactly("done");
        assertThat(ids(list(new RunQuery(Optional.of(RunState.CANCELLING), Optional.empty(), 10, Optional.empty()))))
                .containsExactly("stopping");
        assertThat(ids(list(new RunQuery(Optional.empty(), Optional.of("counting"), 10, Optional.empty()))))
                .containsExactly("waiting");
        assertThat(ids(list(new RunQuery(
                        Optional.of(RunState.QUEUED), Optional.of(RunSpec.EXTERNAL), 10, Optional.empty()))))
                .isEmpty();
    }

    @Test
    default void listsRunsAsTheyAreNow() {
        startExternal("r");
        append("r", Drafts.deltas(0, 3));

        Run run = list(all(10)).runs().getFirst();
        assertThat(run).isEqualTo(find("r").orElseThrow());
        assertThat(run.record().lastSeq()).isEqualTo(4);

        append("r", Drafts.complete("1"));
        assertThat(list(all(10)).runs().getFirst()).isEqualTo(find("r").orElseThrow());
    }
}
