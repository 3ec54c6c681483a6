package dev.runstream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.server.transport.LoopTasks;
import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTasksTest {
    private final AtomicInteger handedOver = new AtomicInteger();
    private final List<Integer> ran = new ArrayList<>();
    private final DefaultEventLoop loop = new DefaultEventLoop() {
        @Override
        public void execute(Runnable task) {
            handedOver.incrementAndGet();
            super.execute(task);
        }
    };

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void awaitAll() {
        loop.submit(() -> {}).syncUninterruptibly();
    }

    @Test
    void handsEachTaskOverByItself() {
        LoopTasks.execute(loop, () -> ran.add(1));
        LoopTasks.execute(loop, () -> ran.add(2));
        assertThat(handedOver).hasValue(2);
        awaitAll();
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void handsOverTogetherWhatComesTogether() {
        LoopTasks.together(() -> {
            for (int i = 1; i <= 5; i++) {
                int number = i;
                LoopTasks.execute(loop, () -> ran.add(number));
            }
            assertThat(handedOver).hasValue(0);
        });
        assertThat(handedOver).hasValue(1);
        awaitAll();
        assertThat(ran).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void runsWhatComesAfterATaskThatFails() {
        LoopTasks.together(() -> {
            LoopTasks.execute(loop, () -> {
                throw new IllegalStateException("for the test");
            });
            LoopTasks.execute(loop, () -> ran.add(1));
        });
        awaitAll();
        assertThat(ran).containsExactly(1);
    }

    @Test
    void passesOnWhatWasHandedOverBeforeAFault() {
        assertThatThrownBy(() -> LoopTasks.together(() -> {
                    LoopTasks.execute(loop, () -> ran.add(1));
                    throw new IllegalStateException("for the test");
                }))
                .hasMessage("for the test");
        LoopTasks.execute(loop, () -> ran.add(2));
        awaitAll();
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void dropsWhatComesAfterTheLoopHasStopped() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        loop.terminationFuture().syncUninterruptibly();
        LoopTasks.together(() -> LoopTasks.execute(loop, () -> ran.add(1)));
        assertThat(ran).isEmpty();
    }
}
