package dev.runstream.core.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When it asks a queue, and for how much. */
class QueueIntakeTest {
    private final ManualTime time = new ManualTime();
    private final QueueInMemory queue = new QueueInMemory();
    private final AtomicInteger free = new AtomicInteger(1);
    private final List<String> taken = new ArrayList<>();
    private final QueueIntake intake = new QueueIntake(new SharedQueue(queue, Set.of("a")), time, free::get, runId -> {
        free.decrementAndGet();
        taken.add(runId);
    });

    private void put(int count) {
        queue.hints = false;
        IntStream.rangeClosed(1, count).forEach(i -> queue.put("r" + i, "a"));
        queue.hints = true;
    }

    @Test
    void takesNoMoreThanThereIsRoomFor() {
        put(5);
        free.set(3);
        intake.start();
        assertThat(taken).containsExactly("r1", "r2", "r3");
        assertThat(queue.waiting()).containsExactly("r4", "r5");
    }

    @Test
    void asksForNothingWhileThereIsNoRoom() {
        free.set(0);
        intake.start();
        time.advance(Duration.ofSeconds(5));
        queue.put("r1", "a");
        assertThat(queue.asked).isEmpty();
    }

    @Test
    void takesMoreOnceAPlaceIsFree() {
        put(2);
        intake.start();
        assertThat(taken).containsExactly("r1");
        free.set(1);
        intake.ask();
        assertThat(taken).containsExactly("r1", "r2");
    }

    @Test
    void takesAtOnceWhatArrives() {
        intake.start();
        queue.put("r1", "a");
        assertThat(taken).containsExactly("r1");
    }

    @Test
    void asksEverySecondThoughNoHintComes() {
        intake.start();
        queue.hints = false;
        queue.put("r1", "a");
        time.advance(Duration.ofMillis(999));
        assertThat(taken).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(taken).containsExactly("r1");
        time.advance(Duration.ofSeconds(3));
        assertThat(queue.asked).hasSize(2);
    }

    @Test
    void takesABurstInPartsSoThatOthersGetSomeOfIt() {
        put(20);
        free.set(8);
        intake.start();
        assertThat(queue.asked).startsWith(2, 2, 1).allMatch(most -> most <= 2);
        assertThat(taken).hasSize(8);
    }

    @Test
    void doesNotAskForRunsOfOtherAgents() {
        intake.start();
        queue.put("r1", "b");
        time.advance(Duration.ofSeconds(2));
        assertThat(taken).isEmpty();
        assertThat(queue.waiting()).containsExactly("r1");
    }

    @Test
    void makesOneCallAtATimeAndForgetsNoHint() {
        free.set(2);
        queue.holds = true;
        intake.start();
        queue.put("r2", "a");
        intake.ask();
        assertThat(queue.asked).hasSize(1);
        queue.holds = false;
        queue.answer();
        assertThat(queue.asked).hasSize(3);
        assertThat(taken).containsExactly("r2");
    }

    @Test
    void doesNotAskAgainAtOnceWhereAnAnswerLeftSomethingOut() {
        free.set(8);
        intake.start();
        assertThat(queue.asked).hasSize(1);
    }

    @Test
    void asksAgainInItsTimeWhereTheQueueWasAway() {
        queue.away = true;
        intake.start();
        intake.ask();
        queue.put("r1", "a");
        assertThat(queue.asked).hasSize(3);
        queue.away = false;
        time.advance(Duration.ofSeconds(1));
        assertThat(taken).containsExactly("r1");
    }

    @Test
    void takesNothingOnceItIsStopped() {
        intake.start();
        intake.stop();
        queue.put("r1", "a");
        intake.ask();
        time.advance(Duration.ofSeconds(5));
        assertThat(taken).isEmpty();
        assertThat(queue.asked).hasSize(1);
        assertThat(queue.listeners()).isZero();
    }

    @Test
    void doesNotBeginWhereItWasStoppedBefore() {
        intake.stop();
        intake.start();
        time.advance(Duration.ofSeconds(5));
        assertThat(queue.asked).isEmpty();
        assertThat(queue.listeners()).isZero();
    }
}
