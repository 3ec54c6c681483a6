package dev.runstream.server.transport;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides whether an event loop rests for a moment before it waits for its sockets, so that what comes meanwhile is
 * served in one turn: where a loop is woken thousands of times a second, being woken costs more than what it is woken
 * for.
 *
 * <p>Rests are tried where turns are short, many, and bring little. Who waits for an answer before sending more would
 * only be held up: so the loop compares how much comes with rests and without, and leaves them where they cost more than
 * a fifth of it. Then it tries again later, and later each time.
 *
 * <p>Machines falter: for some milliseconds nothing comes, and then much at once. So only several measurements in a row
 * show that rests hold something up.
 *
 * <p>Confined to the event loop.
 */
final class Rests {
    /** Short for who waits at the other end, longer than the time between what comes where it is tried. */
    static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(600);

    /** A measurement takes so many turns: so many times the loop was about to wait. */
    private static final int TURNS = 64;

    /** A loop that is woken less often does not begin to rest. */
    private static final long LONGEST_TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(400);

    /** Where turns bring so much on the average, there is company without rests. */
    private static final int COMPANY = 2;

    /** Where they bring less, the loop is woken for tasks, which nothing here counts. */
    private static final double SOMETHING = 0.5;

    /** After a turn that brought so much there is no rest: more may be waiting for answers. */
    private static final int CROWD = 4;

    /** Less than this part of what came without rests is a sign that rests hold it up. */
    private static final double HELD_UP = 0.8;

    /** So many measurements in a row that are such a sign show it. */
    private static final int HELD_UP_IN_A_ROW = 3;

    /** So long, and then it looks again what comes without. */
    private static final long LONGEST_RESTING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LEAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long MOST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final LongSupplier nanoTime;

    private boolean resting;
    private long restingSinceNanos;

    private long pauseEndsNanos;
    private long pauseNanos = LEAST_PAUSE_NANOS;
    /** How much came in a nanosecond when it last looked without rests. */
    private double rateWithout;

    private int heldUpInARow;

    // of the measurement under way
    private long beganNanos;
    private int turns;
    private long served;

    private int lastServed;

    Rests(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        beganNanos = nanoTime.getAsLong();
        restingSinceNanos = beganNanos;
        pauseEndsNanos = beganNanos;
    }

    /** So many sockets had something in the turn that is over. */
    void served(int sockets) {
        served += sockets;
        lastServed = sockets;
    }

    /** Whether to rest now; to be asked each time before the loop waits. */
    boolean isDue() {
        turns++;
        if (turns == TURNS) {
            long now = nanoTime.getAsLong();
            measured(now, now - beganNanos);
            beganNanos = now;
            turns = 0;
            served = 0;
        }
        return resting && lastServed < CROWD;
    }

    private void measured(long now, long tookNanos) {
        double rate = (double) served / Math.max(1, tookNanos);
        if (!resting) {
            rateWithout = rate;
            if (isOneByOne(tookNanos) && now - pauseEndsNanos >= 0) {
                resting = true;
                restingSinceNanos = now;
                heldUpInARow = 0;
            }
            return;
        }
        heldUpInARow = rate < rateWithout * HELD_UP ? heldUpInARow + 1 : 0;
        if (heldUpInARow == HELD_UP_IN_A_ROW) {
            resting = false;
            pauseEndsNanos = now + pauseNanos;
            pauseNanos = Math.min(2 * pauseNanos, MOST_PAUSE_NANOS);
        } else if (now - restingSinceNanos >= LONGEST_RESTING_NANOS) {
            resting = false;
            pauseNanos = LEAST_PAUSE_NANOS;
        }
    }

    private boolean isOneByOne(long tookNanos) {
        return served >= TURNS * SOMETHING && served < TURNS * COMPANY && tookNanos <= TURNS * LONGEST_TURN_NANOS;
    }
}
