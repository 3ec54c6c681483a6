package dev.runstream.server.stream;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.runstream.core.log.LogRead;
import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.log.SlabAllocator;
import dev.runstream.core.run.OneRun;
import dev.runstream.server.transport.HeapSlabs;
import dev.runstream.server.transport.NettySlabs;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * No reader waits for an event that is there. One thread publishes to a run; another is the event loop. When both are done
 * and the loop has nothing left to do, the reader must have it all.
 */
public final class WakeUpOfReaders {
    private WakeUpOfReaders() {}

    @JCStressTest
    @Description("An event is published while the event loop works on the wake-up of the one before.")
    @Outcome(
            id = {"1, 2", "2, 2"},
            expect = ACCEPTABLE,
            desc = "In the end the reader has all there is.")
    @Outcome(expect = FORBIDDEN, desc = "The reader waits for an event that is there.")
    @State
    public static class ThatWait {
        private final OneRun run = new OneRun(new MemoryBudget(SlabAllocator.heap(), Long.MAX_VALUE));
        private final Queue<Runnable> loop = new ConcurrentLinkedQueue<>();
        private long position;

        public ThatWait() {
            run.onChange(new WakeUp(loop::add, this::look));
            run.publish();
        }

        private void look() {
            while (run.log().read(position, Integer.MAX_VALUE, (slab, offset, length) -> {})
                    instanceof LogRead.Slice read) {
                position = read.lastSeq();
            }
        }

        @Actor
        public void publish() {
            run.publish();
        }

        @Actor
        public void loop(LL_Result seen) {
            loop.remove().run();
            seen.r1 = position;
        }

        @Arbiter
        public void judge(LL_Result seen) {
            for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
                task.run();
            }
            seen.r2 = position;
        }
    }

    @JCStressTest
    @Description("A run gets its last events while a reader comes, finds nothing more and goes to wait.")
    @Outcome(
            id = {", 12 ended", "1, 12 ended", "12 ended, 12 ended"},
            expect = ACCEPTABLE,
            desc = "In the end the reader has had each event once, and its stream is over.")
    @Outcome(expect = FORBIDDEN, desc = "The reader waits for what is there, or has had it twice.")
    @State
    public static class ThatCome {
        private static final StreamTimes TIMES =
                StreamTimes.of(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1));
        private static final byte[] HEAD = "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        private static final Pattern ID = Pattern.compile("(?m)^id: 1-(\\d+)$");

        private final HeapSlabs memory = new HeapSlabs();
        private final OneRun run = new OneRun(new MemoryBudget(new NettySlabs(memory), Long.MAX_VALUE));
        private final HandLoop loop = new HandLoop();
        private final LoopStreams streams = new LoopStreams(loop, TIMES, StreamObserver.NONE, new SplittableRandom(1));
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final StringBuilder got = new StringBuilder();

        @Actor
        public void publish() {
            run.publish();
            run.end();
        }

        @Actor
        public void come(LL_Result seen) {
            StreamConnection reader = new StreamConnection(channel, run, streams, false, "client", () -> {});
            channel.pipeline().addLast(reader);
            reader.begin(HEAD, Resume.START, 0, 0);
            loop.runAll();
            seen.r1 = events();
        }

        @Arbiter
        public void judge(LL_Result seen) {
            loop.runAll();
            channel.runPendingTasks();
            seen.r2 = events();
        }

        /** The seqs of the events that the socket has got, in order, and whether that was all. */
        private String events() {
            for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
                got.append(bytes.toString(StandardCharsets.UTF_8));
                bytes.release();
            }
            StringBuilder seqs = new StringBuilder();
            Matcher ids = ID.matcher(got);
            while (ids.find()) {
                seqs.append(ids.group(1));
            }
            return channel.isOpen() ? seqs.toString() : seqs.append(" ended").toString();
        }
    }
}
