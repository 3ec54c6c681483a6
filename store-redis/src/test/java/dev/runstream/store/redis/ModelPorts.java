package dev.runstream.store.redis;

import dev.runstream.core.log.MemoryBudget;
import dev.runstream.core.run.RunObserver;
import dev.runstream.core.run.RunSettings;
import dev.runstream.core.run.StoreHealth;
import dev.runstream.core.run.Telling;
import dev.runstream.core.time.Timers;
import java.time.InstantSource;
import java.util.Optional;

/** A store's ports to the {@link ModelRedis}. */
public final class ModelPorts implements RedisPorts {
    private final String node;
    private final ModelAuthority authority;
    private final SharedIndex index;
    private final AgentQueues queues;
    private final Keeping keeping;
    private final Incoming incoming;

    /** Whether nothing that was acknowledged can be missing after another server has taken over, or the same came back. */
    @FunctionalInterface
    public interface Keeping {
        boolean isSure(boolean afterFailover);
    }

    /** Where messages go that arrive. */
    public static final class Incoming {
        private final ModelAuthority authority;
        private Authority.Listener runs = new Nobody();
        private Runnable queueArrival = () -> {};

        private Incoming(ModelAuthority authority) {
            this.authority = authority;
        }

        public void message(String channel, byte[] message) {
            Optional<String> runId = ModelRedis.runOfChannel(channel);
            if (runId.isEmpty()) {
                queueArrival.run();
                return;
            }
            LiveMessage.parse(message)
                    .ifPresentOrElse(
                            told -> runs.told(runId.get(), authority.arrives(runId.get(), told)),
                            () -> runs.renewed(runId.get()));
        }

        /** Subscriptions that had broken stand again. */
        public void back() {
            runs.mayHaveMissed();
            queueArrival.run();
        }
    }

    private static final class Nobody implements Authority.Listener {
        @Override
        public void told(String runId, LiveMessage message) {}

        @Override
        public void renewed(String runId) {}

        @Override
        public void mayHaveMissed() {}
    }

    public ModelPorts(
            String node, ModelRedis redis, ModelWire wire, RunSettings settings, Keeping keeping, Timers timers) {
        this.node = node;
        this.keeping = keeping;
        authority = new ModelAuthority(redis, wire, node, settings.runBufferBytes());
        incoming = new Incoming(authority);
        index = new ModelSharedIndex(redis, wire);
        queues = new ModelAgentQueues(redis, wire, node, timers);
    }

    /** A store that knows nothing but these ports. */
    public RedisRunStore open(RunSettings settings, MemoryBudget budget, InstantSource clock, Timers timers) {
        return new RedisRunStore(this, settings, budget, clock, timers, RunObserver.NONE, Telling.DIRECT);
    }

    public Incoming incoming() {
        return incoming;
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public Authority authority() {
        return authority;
    }

    @Override
    public SharedIndex index() {
        return index;
    }

    @Override
    public AgentQueues queues() {
        return queues;
    }

    @Override
    public Commits.LogKept logKept() {
        return keeping::isSure;
    }

    @Override
    public StoreHealth health() {
        return StoreHealth.READY;
    }

    @Override
    public void tell(Authority.Listener runs, Runnable queueArrival) {
        incoming.runs = runs;
        incoming.queueArrival = queueArrival;
    }

    @Override
    public void close() {}
}
