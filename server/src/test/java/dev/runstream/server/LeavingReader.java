package dev.runstream.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Reads a run that is known, leaves it at bytes given beforehand, wherever in an event they are, and comes back after the
 * last whole event. Sometimes another reader comes in its place, who begins at the beginning. Holds each byte against
 * what it has to be.
 */
final class LeavingReader {
    private static final int NEWCOMERS = 10;

    private final KnownRun run;
    private final int[] leavesAt;
    private final SplittableRandom random;
    private int joins;
    private int position;
    // of the connection that is open
    private ArrivingBody answer = new ArrivingBody(this::take);
    private ByteArrayOutputStream firstFrame = new ByteArrayOutputStream();
    private boolean begun;
    private int offset;

    /** @param leavesAt offsets in the run's bytes, in order */
    LeavingReader(KnownRun run, int[] leavesAt, SplittableRandom random) {
        this.run = run;
        this.leavesAt = leavesAt;
        this.random = random;
    }

    int joins() {
        return joins;
    }

    void join(int port, Selector selector) throws IOException {
        if (joins > 0 && random.nextInt(NEWCOMERS) == 0) {
            position = 0;
        }
        joins++;
        answer = new ArrivingBody(this::take);
        firstFrame = new ByteArrayOutputStream();
        begun = false;
        offset = run.endOf(position);
        String request = "GET /api/agents/stream/a HTTP/1." + random.nextInt(2) + "\r\nHost: localhost\r\n"
                + (position == 0 ? "" : "Last-Event-ID: " + Feed.id(position) + "\r\n") + "\r\n";
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Takes what has arrived; whether this connection is over. */
    boolean read(SocketChannel channel, byte[] piece) throws IOException {
        int length = channel.read(ByteBuffer.wrap(piece));
        if (length > 0) {
            answer.take(piece, length);
        }
        if (isLeaving()) {
            position = run.seqAt(offset);
            if (random.nextBoolean()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            channel.close();
            return true;
        }
        if (length < 0) {
            channel.close();
            if (!answer.endsWithConnection() || offset != run.length()) {
                throw new AssertionError("cut after event " + run.seqAt(offset) + " of " + answer.head());
            }
            position = run.lastSeq();
        }
        return length < 0;
    }

    /** How many events of the run have to be there when it comes back; more than there are if it has all. */
    int comesBackAt() {
        if (position == run.lastSeq()) {
            return Integer.MAX_VALUE;
        }
        return random.nextInt(4) > 0 ? 0 : Math.min(run.lastSeq(), position + random.nextInt(500));
    }

    private int leavesNextAt() {
        return joins <= leavesAt.length ? leavesAt[joins - 1] : Integer.MAX_VALUE;
    }

    private boolean isLeaving() {
        return begun && offset >= leavesNextAt();
    }

    private void take(byte[] bytes, int from, int to) {
        int at = from;
        while (!begun && at < to) {
            firstFrame.write(bytes[at]);
            begun = bytes[at] == '\n'
                    && firstFrame.toString(StandardCharsets.UTF_8).endsWith("\n\n");
            at++;
            if (begun) {
                checkFirstFrame(firstFrame.toString(StandardCharsets.UTF_8));
            }
        }
        // What comes after the byte at which it leaves has never arrived.
        int until = (int) Math.min(to, (long) at + Math.max(0, leavesNextAt() - offset));
        String wrong = run.difference(offset, bytes, at, until);
        if (!wrong.isEmpty()) {
            throw new AssertionError("a reader after event " + position + " saw " + wrong);
        }
        offset += until - at;
    }

    private void checkFirstFrame(String frame) {
        String resume = "\"resume\":\"" + (position == 0 ? "start" : "resumed") + "\"";
        if (!frame.contains(resume) || frame.contains("\"gap\"")) {
            throw new AssertionError("a reader after event " + position + " was told " + frame);
        }
    }
}
