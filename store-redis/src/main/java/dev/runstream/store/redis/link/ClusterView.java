package dev.runstream.store.redis.link;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who has which slots, as one node of a Cluster sees it. Immutable. */
final class ClusterView {
    private final @Nullable HostPort[] owners;
    private final Set<HostPort> masters;

    private ClusterView(@Nullable HostPort[] owners, Set<HostPort> masters) {
        this.owners = owners;
        this.masters = Set.copyOf(masters);
    }

    /**
     * Reads the answer to {@code CLUSTER NODES}.
     *
     * @param asked the node that gave it, which may not know its own address
     */
    static ClusterView parse(String nodes, HostPort asked) {
        Partitions partitions = ClusterPartitionParser.parse(nodes);
        @Nullable HostPort[] owners = new HostPort[SlotHash.SLOT_COUNT];
        Set<HostPort> masters = new HashSet<>();
        for (RedisClusterNode node : partitions) {
            boolean usable = node.is(RedisClusterNode.NodeFlag.UPSTREAM)
                    && !node.is(RedisClusterNode.NodeFlag.FAIL)
                    && !node.is(RedisClusterNode.NodeFlag.HANDSHAKE)
                    && !node.is(RedisClusterNode.NodeFlag.NOADDR);
            if (usable) {
                RedisURI uri = node.getUri();
                HostPort at = uri == null ? asked : new HostPort(uri.getHost(), uri.getPort());
                masters.add(at);
                node.forEachSlot(slot -> owners[slot] = at);
            }
        }
        return new ClusterView(owners, masters);
    }

    /** All masters, also those without slots. */
    Set<HostPort> masters() {
        return masters;
    }

    Optional<HostPort> owner(int slot) {
        return Optional.ofNullable(owners[slot]);
    }

    int uncoveredSlots() {
        int uncovered = 0;
        for (HostPort owner : owners) {
            uncovered += owner == null ? 1 : 0;
        }
        return uncovered;
    }

    /** For each master with slots a channel that is in one of them, with this beginning. */
    Map<HostPort, String> channelOfEach(String beginning) {
        Set<HostPort> wanted = new HashSet<>();
        for (HostPort owner : owners) {
            if (owner != null) {
                wanted.add(owner);
            }
        }
        Map<HostPort, String> channels = new HashMap<>();
        for (int i = 0; channels.size() < wanted.size(); i++) {
            String channel = beginning + i;
            owner(SlotHash.getSlot(channel)).ifPresent(owner -> channels.putIfAbsent(owner, channel));
        }
        return channels;
    }
}
