package dev.runstream.store.redis.link;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a Redis is and how to get in.
 *
 * <pre>
 * redis://[[user]:password@]host[:port][,host[:port]…][/database][?option=value&amp;…]
 * redis+sentinel://[[user]:password@]host[:port][,…][/database]/master-name[?…]
 * </pre>
 *
 * <p>{@code rediss} and {@code rediss+sentinel} are the same over TLS. Ports are 6379 and 26379 unless given. Of several
 * hosts the first that answers is asked: where it belongs to a Cluster, all of the Cluster is used; else the first host
 * that is a master. User, password and options are percent-encoded. Options: {@code prefix} of all keys ({@code ai:}),
 * {@code wait} for so many replicas (0), {@code ca}, {@code cert} and {@code key} are PEM files for TLS,
 * {@code sentinel-auth=1} sends user and password to the Sentinels too.
 *
 * @param hosts at least one
 * @param sentinelMaster the name of the master that the hosts, then Sentinels, watch; empty without Sentinels
 * @param waitReplicas on how many replicas an event has to be before it is acknowledged
 * @param tlsAuthority certificates that are trusted; empty for those the Java platform trusts
 */
public record RedisAddress(
        boolean tls,
        List<HostPort> hosts,
        Optional<String> sentinelMaster,
        int database,
        Optional<String> user,
        Optional<String> password,
        String prefix,
        int waitReplicas,
        boolean sentinelAuth,
        Optional<Path> tlsAuthority,
        Optional<Path> tlsCertificate,
        Optional<Path> tlsKey) {

    /** @throws IllegalArgumentException with a message that says what is wrong, and never holds the password */
    public static RedisAddress parse(String address) {
        return new RedisAddressParser(address).parse();
    }

    /** Without the password, so that it may be shown and logged. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(tls ? "rediss" : "redis");
        text.append(sentinelMaster.isPresent() ? "+sentinel://" : "://");
        if (password.isPresent()) {
            text.append(user.orElse("")).append(":***@");
        }
        for (int i = 0; i < hosts.size(); i++) {
            text.append(i == 0 ? "" : ",").append(hosts.get(i));
        }
        if (database != 0) {
            text.append('/').append(database);
        }
        sentinelMaster.ifPresent(name -> text.append('/').append(name));
        return text.toString();
    }
}
