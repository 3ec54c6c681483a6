package dev.runstream.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FlushesTest {
    /** The channels in the order in which they were flushed. */
    private final List<Channel> flushed = new ArrayList<>();

    private final Channel one = channel();
    private final Channel other = channel();

    @Test
    void nothingGoesOutBeforeAllSocketsAreServed() {
        List<Channel> whileServing = new ArrayList<>();
        turn(() -> {
            Flushes.afterServing(one);
            Flushes.afterServing(other);
            whileServing.addAll(flushed);
        });
        assertThat(whileServing).isEmpty();
        assertThat(flushed).containsExactly(one, other);
    }

    @Test
    void eachTurnFlushesItsOwn() {
        turn(() -> Flushes.afterServing(one));
        turn(() -> Flushes.afterServing(other));
        turn(() -> {});
        assertThat(flushed).containsExactly(one, other);
    }

    @Test
    void outsideOfServingItGoesOutAtOnce() {
        Flushes.afterServing(one);
        assertThat(flushed).containsExactly(one);
        turn(() -> {});
        Flushes.afterServing(other);
        assertThat(flushed).containsExactly(one, other);
    }

    @Test
    void goesOutIfServingBreaks() {
        assertThatThrownBy(() -> turn(() -> {
                    Flushes.afterServing(one);
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(flushed).containsExactly(one);
        Flushes.afterServing(other);
        assertThat(flushed).containsExactly(one, other);
    }

    @Test
    void theFirstOfACrowdDoNotWaitForTheLast() {
        turn(() -> {
            for (int i = 1; i <= Flushes.MOST_PUT_OFF; i++) {
                assertThat(flushed).isEmpty();
                Flushes.afterServing(one);
            }
            assertThat(flushed).hasSize(Flushes.MOST_PUT_OFF);
            Flushes.afterServing(other);
            assertThat(flushed).doesNotContain(other);
        });
        assertThat(flushed).hasSize(Flushes.MOST_PUT_OFF + 1).endsWith(other);
    }

    @Test
    void whatAFlushBringsGoesOutToo() {
        Channel bringsOther = channel(() -> Flushes.afterServing(other));
        turn(() -> Flushes.afterServing(bringsOther));
        assertThat(flushed).containsExactly(bringsOther, other);

        flushed.clear();
        turn(() -> {
            for (int i = 0; i < Flushes.MOST_PUT_OFF; i++) {
                Flushes.afterServing(bringsOther);
            }
        });
        assertThat(flushed).hasSize(2 * Flushes.MOST_PUT_OFF);
    }

    private static void turn(Runnable serve) {
        TestLoop loop = new TestLoop(() -> {
            serve.run();
            return 1;
        });
        loop.turn();
    }

    private Channel channel() {
        return channel(() -> {});
    }

    private Channel channel(Runnable whenFlushed) {
        return new EmbeddedChannel(new ChannelDuplexHandler() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                flushed.add(ctx.channel());
                whenFlushed.run();
            }
        });
    }
}
