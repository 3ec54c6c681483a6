package dev.runstream.agents.fund;

import dev.runstream.core.agent.RunContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One run: simulates all paths on the shared pool, and tells of the distributions as they sharpen.
 *
 * <p>Work goes out in waves of batches. A batch takes a few paths at a time from a common counter until its time is up,
 * so which batch lives which path is chance; yet a path depends on seed and number alone and tallies merge to the same
 * bits in any order, so the result is not. A wave never runs past the next checkpoint, where the medians are kept.
 *
 * <p>Owned by the run's thread; batches run on others, each with a worker of its own.
 */
final class FundSimulation {
    // immutable
    private final RunContext context;
    private final FundPlan plan;
    private final Pace pace;
    private final long seed;
    private final long paths;
    // shared: batches take a worker and put it back; there come to be as many as batches ran at once
    private final Queue<Worker> idle = new ConcurrentLinkedQueue<>();
    private final Queue<Worker> workers = new ConcurrentLinkedQueue<>();
    // run's thread only
    private final Tally merged;
    private final FundReport report;
    private final Throughput throughput;
    private final Cadence deltas;
    private final Cadence partials;

    FundSimulation(RunContext context, FundPlan plan, Pace pace) {
        this.context = context;
        this.plan = plan;
        this.pace = pace;
        seed = plan.input().seed().orElseThrow();
        paths = plan.input().paths();
        merged = new Tally(plan.input().fund().lifeYears());
        report = new FundReport(plan);
        long now = pace.nanoClock().getAsLong();
        throughput = new Throughput(now);
        deltas = new Cadence(now);
        partials = new Cadence(now);
    }

    void run() throws Exception {
        long done = 0;
        long checkpoint = Checkpoints.after(0);
        while (done < paths) {
            context.checkCancelled();
            done = wave(done, Math.min(paths, checkpoint));
            boolean tell = done < paths;
            long now = pace.nanoClock().getAsLong();
            throughput.reached(done, now);
            context.progress(done, paths);
            if (!tell || deltas.isTime(now)) {
                context.delta(new Progress(done, paths, throughput.perSecond()));
            }
            boolean tellPartial = tell && partials.isTime(now);
            if (done == checkpoint || !tell || tellPartial) {
                merge();
            }
            if (done == checkpoint || !tell) {
                report.mark(merged);
                checkpoint = Checkpoints.after(done);
            }
            if (tellPartial) {
                context.partial(report.of(merged));
            }
        }
        context.complete(report.of(merged));
    }

    /** Simulates from one path up to at most another, and returns how far it came. */
    private long wave(long from, long to) throws Exception {
        AtomicLong next = new AtomicLong(from);
        long chunks = Math.ceilDiv(to - from, pace.chunkPaths());
        List<Callable<Boolean>> batches = new ArrayList<>();
        for (int i = 0; i < Math.min(pace.batchesAtOnce(), chunks); i++) {
            batches.add(() -> batch(next, to));
        }
        context.computeAll(batches);
        return Math.min(to, next.get());
    }

    private boolean batch(AtomicLong next, long to) {
        Worker worker = takeWorker();
        long started = pace.nanoClock().getAsLong();
        do {
            long first = next.getAndAdd(pace.chunkPaths());
            if (first >= to) {
                break;
            }
            worker.simulate(seed, first, Math.min(to, first + pace.chunkPaths()));
        } while (pace.nanoClock().getAsLong() - started < pace.batchNanos());
        idle.add(worker);
        return true;
    }

    private Worker takeWorker() {
        Worker worker = idle.poll();
        if (worker == null) {
            worker = new Worker(plan);
            workers.add(worker);
        }
        return worker;
    }

    /** Between two waves, when no batch works. */
    private void merge() {
        merged.clear();
        workers.forEach(worker -> merged.addAll(worker.tally));
    }

    /** What a {@code delta} says. */
    record Progress(long done, long total, long pathsPerSecond) {}

    /** What one batch works with; no two batches at once have the same one. */
    private static final class Worker {
        private final PathSimulator simulator;
        private final Tally tally;

        Worker(FundPlan plan) {
            simulator = new PathSimulator(plan);
            tally = new Tally(plan.input().fund().lifeYears());
        }

        void simulate(long seed, long from, long to) {
            for (long path = from; path < to; path++) {
                tally.add(simulator.simulate(seed, path));
            }
        }
    }
}
