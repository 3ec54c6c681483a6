package dev.runstream.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class TurnIoHandlerTest {
    private static final int IN_A_ROW = 20;
    private static final long APART_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    private boolean quiet;
    private long nextNanos = System.nanoTime();
    private final TestLoop loop = new TestLoop(this::serve);

    @Test
    void restsWhereManyTurnsBringOneThingEach() {
        assertThat(restsWithin(20_000)).isTrue();
    }

    @Test
    void neverRestsWhileThereAreTasks() {
        assertThat(restsWithin(20_000)).isTrue();
        loop.tasks = true;
        assertThat(quickest()).isLessThan(Rests.REST_NANOS);
    }

    @Test
    void neverRestsPastWhatIsDue() {
        assertThat(restsWithin(20_000)).isTrue();
        loop.delayNanos = Rests.REST_NANOS / 2;
        assertThat(quickest()).isLessThan(Rests.REST_NANOS);
    }

    @Test
    void neverRestsForNothing() {
        quiet = true;
        assertThat(restsWithin(1_000)).isFalse();
    }

    /** Something comes every 0.3 ms, and it waits for that. */
    private int serve() {
        if (quiet) {
            return 0;
        }
        while (System.nanoTime() - nextNanos < 0) {
            Thread.onSpinWait();
        }
        long came = 1 + (System.nanoTime() - nextNanos) / APART_NANOS;
        nextNanos += came * APART_NANOS;
        return (int) came;
    }

    /** Many in a row, since a busy machine holds one turn up as well as a rest does. */
    private boolean restsWithin(int turns) {
        int rests = 0;
        for (int i = 0; i < turns && rests < IN_A_ROW; i++) {
            rests = turnNanos() >= Rests.REST_NANOS ? rests + 1 : 0;
        }
        return rests == IN_A_ROW;
    }

    private long quickest() {
        return LongStream.generate(this::turnNanos).limit(IN_A_ROW).min().orElseThrow();
    }

    private long turnNanos() {
        long begin = System.nanoTime();
        loop.turn();
        return System.nanoTime() - begin;
    }
}
