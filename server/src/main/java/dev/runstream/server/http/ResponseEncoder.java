package dev.runstream.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/** Answers as bytes, head and body in one buffer (RFC 9112, sections 2.1, 4 and 5). */
final class ResponseEncoder {
    /** {@code 100 Continue}, which goes before an answer. */
    private static final ByteBuf CONTINUE = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII)
                    .asReadOnly());

    private static final int USUAL_HEAD_BYTES = 256;

    private ResponseEncoder() {}

    static ByteBuf continuing() {
        return CONTINUE.duplicate();
    }

    /** @param withBody whether the body goes out too, which it does not after HEAD */
    static ByteBuf encode(Response response, boolean withBody, ByteBufAllocator allocator) {
        HttpResponseStatus status = response.status();
        byte[] body = response.body();
        ByteBuf bytes = allocator.directBuffer(USUAL_HEAD_BYTES + (withBody ? body.length : 0));
        write(write(bytes, "HTTP/1.1 "), status.codeAsText()).writeByte(' ');
        write(bytes, status.reasonPhrase());
        for (Iterator<Map.Entry<CharSequence, CharSequence>> all =
                        response.headers().iteratorCharSequence();
                all.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            write(write(write(bytes, "\r\n"), header.getKey()).writeByte(':').writeByte(' '), header.getValue());
        }
        write(bytes, "\r\n\r\n");
        return withBody ? bytes.writeBytes(body) : bytes;
    }

    private static ByteBuf write(ByteBuf target, CharSequence ascii) {
        ByteBufUtil.writeAscii(target, ascii);
        return target;
    }
}
