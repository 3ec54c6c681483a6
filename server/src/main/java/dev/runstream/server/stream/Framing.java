package dev.runstream.server.stream;

import dev.runstream.core.log.Slab;
import dev.runstream.server.transport.NettySlabs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** HTTP/1.1 chunks (RFC 9112, section 7.1). */
final class Framing {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_SIZE_LINE = 10;
    private static final ByteBuf LINE_END = constant("\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

    private Framing() {}

    private static ByteBuf constant(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
    }

    static ByteBuf lineEnd() {
        return LINE_END.duplicate();
    }

    /** The end of a body. */
    static ByteBuf lastChunk() {
        return LAST_CHUNK.duplicate();
    }

    /** The line before a chunk's bytes. */
    static ByteBuf sizeLine(int length, ByteBufAllocator allocator) {
        ByteBuf line = allocator.directBuffer(LONGEST_SIZE_LINE);
        writeSizeLine(line, length);
        return line;
    }

    private static void writeSizeLine(ByteBuf target, int length) {
        int digits = Math.max(1, (35 - Integer.numberOfLeadingZeros(length)) / 4);
        for (int i = digits - 1; i >= 0; i--) {
            target.writeByte(HEX[(length >>> (4 * i)) & 15]);
        }
        target.writeByte('\r').writeByte('\n');
    }

    /** Bytes that go to many connections: whole as a chunk, and their plain part for those that are not chunked. */
    record Shared(ByteBuf chunk, int plainFrom, int plainLength) {
        static Shared of(byte[] plain, ByteBufAllocator allocator) {
            return of(plain.length, chunk -> chunk.writeBytes(plain), allocator);
        }

        static Shared of(Slab slab, int offset, int length, ByteBufAllocator allocator) {
            return of(length, chunk -> NettySlabs.copy(slab, offset, length, chunk), allocator);
        }

        private static Shared of(int length, Consumer<ByteBuf> writePlain, ByteBufAllocator allocator) {
            ByteBuf chunk = allocator.directBuffer(length + LONGEST_SIZE_LINE + 2);
            writeSizeLine(chunk, length);
            int from = chunk.writerIndex();
            writePlain.accept(chunk);
            chunk.writeByte('\r').writeByte('\n');
            return new Shared(chunk, from, length);
        }

        /** Where a connection's bytes begin in the chunk. */
        int from(boolean chunked) {
            return chunked ? chunk.readerIndex() : plainFrom;
        }

        int length(boolean chunked) {
            return chunked ? chunk.readableBytes() : plainLength;
        }

        /** A reference of its own for one connection, to what is left of its bytes. */
        ByteBuf forConnection(boolean chunked, int sent) {
            return chunk.retainedSlice(from(chunked) + sent, length(chunked) - sent);
        }

        void release() {
            chunk.release();
        }
    }
}
