package dev.runstream.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A loop, its publishers and their clock are a model here; the decisions are the real ones. */
final class RestsTest {
    @ParameterizedTest
    @ValueSource(ints = {3_500, 5_000, 8_000, 12_000})
    void gathersWhatComesByItself(int perSecond) {
        Loop with = new Loop(true);
        Loop without = new Loop(false);
        for (Loop loop : List.of(with, without)) {
            loop.paced(perSecond, 0, 10);
            loop.runFor(10);
        }
        assertThat(with.servedAll).isGreaterThan(without.servedAll - 10);
        assertThat(with.turnsAll).isLessThan(without.turnsAll * 7 / 10);
        assertThat(with.longestWaitNanos).isLessThan(without.longestWaitNanos + 2 * Loop.REST_TAKES_NANOS);
    }

    /** For some milliseconds nothing is served, as where the machine is shared, and what was held up comes after it. */
    @ParameterizedTest
    @CsvSource({"5000, 5, 10", "5000, 20, 5", "5000, 10, 20", "5000, 3, 40", "8000, 10, 20", "8000, 3, 40"})
    void goesOnWhereTheMachineFalters(int perSecond, int timesASecond, int millis) {
        Loop with = new Loop(true);
        Loop without = new Loop(false);
        for (Loop loop : List.of(with, without)) {
            loop.falters(timesASecond, TimeUnit.MILLISECONDS.toNanos(millis), 20);
            loop.scheduled(4, perSecond);
            loop.runFor(20);
        }
        assertThat(with.servedAll).isGreaterThan(without.servedAll * 99 / 100);
        assertThat(with.turnsAll).isLessThan(without.turnsAll * 55 / 100);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 500, 1_500})
    void neverRestsWhereLittleComes(int perSecond) {
        Loop loop = new Loop(true);
        loop.paced(perSecond, 0, 10);
        loop.runFor(10);
        assertThat(loop.rested).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 30", "1, 150", "2, 30", "3, 60", "4, 30", "8, 30", "16, 30", "16, 400", "64, 30"})
    void costsThoseWhoWaitForTheirAnswersNextToNothing(int publishers, int thinkMicros) {
        assertThat(shareServedWithRests(publishers, thinkMicros, 0)).isGreaterThan(0.95);
        assertThat(shareServedWithRests(publishers, thinkMicros, 5)).isGreaterThan(0.95);
    }

    /** To whom a rest is short against the time between two of their requests, it may stay, and is a part of that time. */
    @ParameterizedTest
    @CsvSource({"16, 2000", "16, 1200", "4, 1000"})
    void costsThoseWhoTakeTheirTimeNoMoreThanAFifth(int publishers, int thinkMicros) {
        assertThat(shareServedWithRests(publishers, thinkMicros, 0)).isGreaterThan(0.79);
    }

    private static double shareServedWithRests(int publishers, int thinkMicros, int faltersASecond) {
        Loop with = new Loop(true);
        Loop without = new Loop(false);
        for (Loop loop : List.of(with, without)) {
            loop.falters(faltersASecond, TimeUnit.MILLISECONDS.toNanos(10), 30);
            loop.waiting(publishers, thinkMicros * 1_000L, 0);
            loop.runFor(30);
        }
        return (double) with.servedAll / without.servedAll;
    }

    @Test
    void isSoonOutOfTheWayOfThoseWhoComeWhileItRests() {
        Loop with = new Loop(true);
        Loop without = new Loop(false);
        for (Loop loop : List.of(with, without)) {
            loop.paced(5_000, 0, 20);
            loop.waiting(2, 30_000, TimeUnit.SECONDS.toNanos(5));
            loop.runFor(5);
            loop.servedAll = 0;
            loop.runFor(15);
        }
        assertThat(with.servedAll).isGreaterThan(without.servedAll * 85 / 100);
    }

    @Test
    void restsAgainWhenTheyHaveGone() {
        Loop loop = new Loop(true);
        loop.paced(5_000, 0, 60);
        loop.waiting(2, 30_000, 0);
        loop.runFor(20);
        loop.waitingEnds();
        loop.runFor(9);
        loop.turnsAll = 0;
        loop.servedAll = 0;
        loop.runFor(10);
        assertThat(loop.turnsAll).isLessThan(loop.servedAll * 6 / 10);
    }

    @Test
    void servesACrowdWithoutRests() {
        Loop loop = new Loop(true);
        loop.paced(5_000, 0, 5);
        loop.runFor(5);
        assertThat(loop.rested).isPositive();
        loop.rested = 0;
        loop.turnsAll = 0;
        loop.servedAll = 0;
        loop.waiting(8, 10_000, TimeUnit.SECONDS.toNanos(5));
        loop.runForNanos(10_000_000);
        assertThat(loop.rested).isLessThan(4);
        assertThat(loop.servedAll).isGreaterThan(200);
    }

    @Test
    void endsTheRestsWhenLessComes() {
        Loop loop = new Loop(true);
        loop.paced(5_000, 0, 5);
        loop.runFor(5);
        assertThat(loop.rested).isPositive();
        loop.paced(1_000, 5, 10);
        loop.runFor(1);
        loop.rested = 0;
        loop.runFor(4);
        assertThat(loop.rested).isZero();
    }

    /** One event loop on a core of its own. */
    private static final class Loop {
        /** A sleeping thread is woken a little late. */
        static final long REST_TAKES_NANOS = Rests.REST_NANOS + 60_000;

        private static final long TURN_TAKES_NANOS = 15_000;
        private static final long REQUEST_TAKES_NANOS = 25_000;
        private static final long SENDING_TAKES_NANOS = 20_000;

        /** @param next what its sender sends next, by when it has the answer */
        private record Request(long atNanos, LongFunction<Optional<Request>> next) implements Comparable<Request> {
            @Override
            public int compareTo(Request other) {
                return Long.compare(atNanos, other.atNanos);
            }
        }

        private record Falter(long atNanos, long lastsNanos) {}

        private final boolean mayRest;
        private final Rests rests;
        private final PriorityQueue<Request> coming = new PriorityQueue<>();
        private final Queue<Falter> falters = new ArrayDeque<>();
        private final Random random = new Random(7);
        private long now;
        private boolean waitingGo;

        long servedAll;
        long turnsAll;
        long rested;
        long longestWaitNanos;

        Loop(boolean mayRest) {
            this.mayRest = mayRest;
            rests = new Rests(() -> now);
        }

        /** Requests that come by themselves, at random moments. */
        void paced(int perSecond, int fromSecond, int toSecond) {
            long count = (long) perSecond * (toSecond - fromSecond);
            for (long i = 0; i < count; i++) {
                coming.add(new Request(
                        TimeUnit.SECONDS.toNanos(fromSecond)
                                + (long) (random.nextDouble() * (toSecond - fromSecond) * 1e9),
                        _ -> Optional.empty()));
            }
        }

        /** Publishers who send at set times, one request after the other; who is late makes up for it. */
        void scheduled(int publishers, int perSecond) {
            long apart = TimeUnit.SECONDS.toNanos(1) / perSecond;
            for (int i = 0; i < publishers; i++) {
                coming.add(scheduledRequest(0, i * apart, publishers * apart));
            }
        }

        private static Request scheduledRequest(long soonestNanos, long dueNanos, long apartNanos) {
            return new Request(
                    Math.max(soonestNanos, dueNanos),
                    answered -> Optional.of(
                            scheduledRequest(answered + SENDING_TAKES_NANOS, dueNanos + apartNanos, apartNanos)));
        }

        /** Publishers that send again when they have their answer. */
        void waiting(int publishers, long thinkNanos, long fromNanos) {
            for (int i = 0; i < publishers; i++) {
                coming.add(waitingRequest(fromNanos, thinkNanos));
            }
        }

        private Request waitingRequest(long atNanos, long thinkNanos) {
            return new Request(
                    atNanos,
                    answered -> waitingGo
                            ? Optional.empty()
                            : Optional.of(waitingRequest(answered + thinkNanos, thinkNanos)));
        }

        void waitingEnds() {
            waitingGo = true;
        }

        /** At random moments the loop serves nobody, for that long on the average. */
        void falters(int timesASecond, long nanos, int seconds) {
            double at = 0;
            for (int i = 0; i < timesASecond * seconds; i++) {
                at += -Math.log(random.nextDouble()) / timesASecond;
                falters.add(new Falter((long) (at * 1e9), (long) (nanos * (0.3 + 1.4 * random.nextDouble()))));
            }
        }

        void runFor(int seconds) {
            runForNanos(TimeUnit.SECONDS.toNanos(seconds));
        }

        void runForNanos(long nanos) {
            long end = now + nanos;
            while (now < end && !coming.isEmpty()) {
                if (rests.isDue() && mayRest) {
                    now += REST_TAKES_NANOS;
                    rested++;
                }
                now = Math.max(now, coming.peek().atNanos);
                while (!falters.isEmpty() && falters.peek().atNanos <= now) {
                    now += falters.remove().lastsNanos;
                }
                rests.served(turn());
            }
            now = Math.max(now, end);
        }

        private int turn() {
            List<Request> ready = new ArrayList<>();
            while (!coming.isEmpty() && coming.peek().atNanos <= now) {
                ready.add(coming.remove());
            }
            now += TURN_TAKES_NANOS;
            for (Request request : ready) {
                now += REQUEST_TAKES_NANOS;
                longestWaitNanos = Math.max(longestWaitNanos, now - request.atNanos);
                request.next.apply(now).ifPresent(coming::add);
            }
            turnsAll++;
            servedAll += ready.size();
            return ready.size();
        }
    }
}
