package dev.runstream.store.redis.simulation;

import dev.runstream.core.run.Producer;
import dev.runstream.core.run.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The agents of one process: takes runs that wait, begins them, and has each worked on. */
final class SimAgents implements Actor {
    private static final int PLACES = 2;

    private final World world;
    private final SimProcess process;
    private List<CompletableFuture<List<String>>> taking = List.of();
    private final List<String> taken = new ArrayList<>();
    private final List<Beginning> beginnings = new ArrayList<>();
    private boolean done;

    private record Beginning(String runId, CompletableFuture<Optional<RunRecord>> answer) {}

    SimAgents(World world, SimProcess process) {
        this.world = world;
        this.process = process;
        process.store.queue().onArrival(() -> {});
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void step() {
        if (!process.isAtWork()) {
            return;
        }
        beginnings.stream()
                .filter(each -> each.answer.isDone())
                .findFirst()
                .ifPresentOrElse(this::begun, this::takeOrBegin);
    }

    private void takeOrBegin() {
        if (!taking.isEmpty()) {
            if (taking.getFirst().isDone()) {
                Answers.of(taking.getFirst()).ifPresent(taken::addAll);
                taking = List.of();
            }
        } else if (!taken.isEmpty()) {
            String runId = taken.removeFirst();
            world.note(process.name + " begins " + runId);
            beginnings.add(
                    new Beginning(runId, process.store.beginAttempt(runId).toCompletableFuture()));
        } else if (beginnings.size() < PLACES) {
            taking = List.of(process.store.queue().take(Set.of("agent"), PLACES).toCompletableFuture());
        }
    }

    private void begun(Beginning beginning) {
        beginnings.remove(beginning);
        Optional<RunRecord> begun = Answers.of(beginning.answer).flatMap(answer -> answer);
        world.note(process.name + " has begun " + beginning.runId + ": " + begun);
        begun.ifPresent(
                run -> world.add(new SimProducer(world, run.spec(), Producer.AGENT, run.attempt(), true, process)));
    }

    @Override
    public void died(SimProcess dead) {
        done |= dead == process;
    }
}
