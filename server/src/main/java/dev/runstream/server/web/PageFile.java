package dev.runstream.server.web;

import dev.runstream.server.http.Response;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * One file of the web pages, ready to be sent: plain and, where that is shorter, compressed.
 *
 * <p>Immutable.
 */
final class PageFile {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "md", "text/plain; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "json", "application/json",
            "woff2", "font/woff2");
    /** Files below it have a hash of their content in their name. */
    private static final String HASHED = "assets/";

    private final String type;
    private final String cacheControl;
    private final String tag;
    private final byte[] plain;
    private final Optional<byte[]> compressed;

    PageFile(String name, byte[] content) {
        type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
        cacheControl = name.startsWith(HASHED) ? "public, max-age=31536000, immutable" : "no-cache";
        tag = "W/\"" + HexFormat.of().formatHex(sha256(content), 0, 16) + '"';
        plain = content;
        compressed = Optional.of(gzip(content)).filter(shorter -> shorter.length < content.length);
    }

    /** The answer to a request with these headers: {@code 304} where the browser has it already. */
    Response answer(HttpHeaders request) {
        boolean isKnown = request.getAll(HttpHeaderNames.IF_NONE_MATCH).stream()
                .anyMatch(
                        tags -> tags.contains(tag.substring(2)) || tags.strip().equals("*"));
        if (isKnown) {
            return with(Response.empty(HttpResponseStatus.NOT_MODIFIED));
        }
        boolean isCompressed = compressed.isPresent() && takesGzip(request);
        Response whole = Response.of(HttpResponseStatus.OK, type, isCompressed ? compressed.get() : plain);
        return with(isCompressed ? whole.with(HttpHeaderNames.CONTENT_ENCODING, "gzip") : whole);
    }

    private Response with(Response response) {
        return response.with("Content-Security-Policy", POLICY)
                .with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer")
                .with("Cross-Origin-Opener-Policy", "same-origin")
                .with("Vary", "Accept-Encoding")
                .with("ETag", tag)
                .with("Cache-Control", cacheControl);
    }

    /** RFC 9110, section 12.5.3, as far as gzip is concerned; what is not sure goes out plain. */
    private static boolean takesGzip(HttpHeaders request) {
        for (String header : request.getAll(HttpHeaderNames.ACCEPT_ENCODING)) {
            for (String coding : header.toLowerCase(Locale.ROOT).split(",", -1)) {
                String[] parts = coding.split(";", 2);
                if (parts[0].strip().equals("gzip")) {
                    return parts.length == 1 || !parts[1].replace(" ", "").matches("q=0(\\.0*)?");
                }
            }
        }
        return false;
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream target = new ByteArrayOutputStream(content.length / 2 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(target)) {
            gzip.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return target.toByteArray();
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
