package dev.runstream.store.redis.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script and the name under which a server keeps it: the SHA-1 of its text. Immutable. */
public final class RedisScript {
    private final String name;
    private final byte[] text;
    private final String digest;

    private RedisScript(String name, byte[] text) {
        this.name = name;
        this.text = text;
        digest = sha1(text);
    }

    /**
     * Reads a script that lies beside a class.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static RedisScript ofResource(Class<?> anchor, String name) {
        try (InputStream in = anchor.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no script " + name + " beside " + anchor.getName());
            }
            return new RedisScript(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the script " + name + " cannot be read", e);
        }
    }

    /** @param name what it is called in messages */
    public static RedisScript of(String name, String text) {
        return new RedisScript(name, text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] text() {
        return text;
    }

    String digest() {
        return digest;
    }

    @Override
    public String toString() {
        return name;
    }

    private static String sha1(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
