package dev.runstream.store.redis.simulation;

import dev.runstream.store.redis.Plant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Lives many lives; from the command line as many as wanted, or one again.
 *
 * <pre>
 * scripts/simulate.sh redis 1000000          from seed 0 on
 * scripts/simulate.sh redis 1000000 5000000  from another seed on
 * scripts/simulate.sh redis seed 4711        one life again, step by step
 * </pre>
 */
final class Simulation {
    private static final long TELL_EVERY = 20_000;

    private Simulation() {}

    /** A life that went wrong. */
    record Fault(long seed, Plant plant, Throwable what) {
        @Override
        public String toString() {
            return what + "\n  to live it again: scripts/simulate.sh redis seed " + seed
                    + (plant == Plant.NOTHING ? "" : " " + plant);
        }
    }

    /** One life; what went wrong in it. */
    static Optional<Fault> live(long seed, Plant plant) {
        return live(seed, plant, note -> {}, new AtomicLong());
    }

    private static Optional<Fault> live(long seed, Plant plant, Consumer<String> notes, AtomicLong steps) {
        try {
            World world = new World(seed, plant, notes);
            world.live();
            steps.addAndGet(world.steps);
            return Optional.empty();
        } catch (RuntimeException | Error wrong) {
            return Optional.of(new Fault(seed, plant, wrong));
        }
    }

    /** Lives on as many threads as there are cores; each by itself is in one. */
    static Optional<Fault> firstFault(long fromSeed, long lives, Plant plant) {
        AtomicLong lived = new AtomicLong();
        AtomicLong steps = new AtomicLong();
        return LongStream.range(fromSeed, fromSeed + lives)
                .parallel()
                .mapToObj(seed -> {
                    Optional<Fault> fault = live(seed, plant, note -> {}, steps);
                    long count = lived.incrementAndGet();
                    if (count % TELL_EVERY == 0) {
                        System.out.println(count + " of " + lives + " lives, " + steps + " steps");
                    }
                    return fault;
                })
                .flatMap(Optional::stream)
                .findFirst();
    }

    public static void main(String[] args) {
        if (args.length >= 2 && args[0].equals("seed")) {
            Plant plant = args.length > 2 ? Plant.valueOf(args[2]) : Plant.NOTHING;
            Optional<Fault> fault = live(Long.parseLong(args[1]), plant, System.out::println, new AtomicLong());
            fault.ifPresent(wrong -> wrong.what().printStackTrace());
            System.out.println(fault.isPresent() ? "It went wrong." : "It went well.");
            System.exit(fault.isPresent() ? 1 : 0);
        }
        long lives = Long.parseLong(args[0]);
        long from = args.length > 1 ? Long.parseLong(args[1]) : 0;
        Optional<Fault> fault = firstFault(from, lives, Plant.NOTHING);
        System.out.println(fault.map(Fault::toString).orElse(lives + " lives went well."));
        System.exit(fault.isPresent() ? 1 : 0);
    }
}
