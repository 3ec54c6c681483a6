package dev.runstream.server.api;

import dev.runstream.server.http.Exchange;
import dev.runstream.server.http.Problem;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Locale;

/** The media types of request bodies. */
final class ContentTypes {
    static final String JSON = "application/json";
    static final String NDJSON = "application/x-ndjson";

    private ContentTypes() {}

    /** The media type of a request without its parameters; empty where it has none, or one that is not UTF-8. */
    static String of(Exchange exchange) {
        String header = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
        return header.equals(JSON) ? JSON : parsed(header);
    }

    private static String parsed(String header) {
        String[] parts = header.toLowerCase(Locale.ROOT).split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].trim().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                return "";
            }
        }
        return parts[0].trim();
    }

    /** Whether a request certainly has no body. */
    static boolean hasNoBody(Exchange exchange) {
        return !exchange.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                && HttpUtil.getContentLength(exchange.request(), 0L) == 0;
    }

    static Problem unsupported(String wanted) {
        return Problem.of(
                HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "the Content-Type of this request has to be " + wanted + ", in UTF-8");
    }
}
