package dev.runstream.store.redis.link;

import java.util.HashMap;
import java.util.Map;

/**
 * What a server says of itself in answer to {@code INFO}.
 *
 * @param version of Redis that it is, or says it is compatible with
 * @param mode {@code standalone}, {@code cluster} or {@code sentinel}
 * @param master false for a replica
 * @param loading it has not read its data yet and answers nothing else
 */
record ServerInfo(
        String version, String mode, boolean master, boolean loading, String appendonly, String maxmemoryPolicy) {

    static ServerInfo parse(String info) {
        Map<String, String> fields = new HashMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        String aof = fields.getOrDefault("aof_enabled", "");
        // Valkey calls the mode by another name unless it is told to be compatible.
        String mode = fields.getOrDefault("redis_mode", fields.getOrDefault("server_mode", "standalone"));
        return new ServerInfo(
                fields.getOrDefault("redis_version", "0"),
                mode,
                fields.getOrDefault("role", "master").equals("master"),
                fields.getOrDefault("loading", "0").equals("1"),
                aof.equals("1") ? "yes" : aof.equals("0") ? "no" : Keeping.UNKNOWN,
                fields.getOrDefault("maxmemory_policy", Keeping.UNKNOWN));
    }

    boolean isCluster() {
        return mode.equals("cluster");
    }

    int majorVersion() {
        int dot = version.indexOf('.');
        try {
            return Integer.parseInt(dot < 0 ? version : version.substring(0, dot));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
