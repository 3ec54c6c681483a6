package dev.runstream.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RestingIoHandlerTest {
    private static final int IN_A_ROW = 20;

    private final Context context = new Context();
    private final IoHandler handler =
            RestingIoHandler.around(_ -> new Arrivals()).newHandler(new ThisThread());

    @Test
    void restsWhereManyTurnsBringOneThingEach() {
        assertThat(restsWithin(20_000)).isTrue();
    }

    @Test
    void neverRestsWhileThereAreTasks() {
        assertThat(restsWithin(20_000)).isTrue();
        context.tasks = true;
        assertThat(quickest()).isLessThan(Rests.REST_NANOS);
    }

    @Test
    void neverRestsPastWhatIsDue() {
        assertThat(restsWithin(20_000)).isTrue();
        context.delayNanos = Rests.REST_NANOS / 2;
        assertThat(quickest()).isLessThan(Rests.REST_NANOS);
    }

    @Test
    void neverRestsForNothing() {
        context.quiet = true;
        assertThat(restsWithin(1_000)).isFalse();
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
        handler.run(context);
        return System.nanoTime() - begin;
    }

    private static final class Context implements IoHandlerContext {
        boolean tasks;
        long delayNanos = TimeUnit.SECONDS.toNanos(1);
        boolean quiet;

        @Override
        public boolean canBlock() {
            return !tasks;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return delayNanos;
        }

        @Override
        public long deadlineNanos() {
            return System.nanoTime() + delayNanos;
        }
    }

    /** Something comes every 0.3 ms, and it waits for that. */
    private static final class Arrivals implements IoHandler {
        private static final long APART_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

        private long nextNanos = System.nanoTime();

        @Override
        public int run(IoHandlerContext context) {
            if (((Context) context).quiet) {
                return 0;
            }
            while (System.nanoTime() - nextNanos < 0) {
                Thread.onSpinWait();
            }
            long came = 1 + (System.nanoTime() - nextNanos) / APART_NANOS;
            nextNanos += came * APART_NANOS;
            return (int) came;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new AssertionError("nothing is registered here");
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return false;
        }
    }

    private static final class ThisThread implements ThreadAwareExecutor {
        @Override
        public boolean isExecutorThread(Thread thread) {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}
