package dev.runstream.server.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** The sockets' part of an event loop, run by the test's own thread. */
final class TestLoop implements IoHandlerContext {
    boolean tasks;
    long delayNanos = TimeUnit.SECONDS.toNanos(1);

    private final IoHandler handler;

    /** @param serve serves the sockets, waits for them before if it has to, and tells how many had something */
    TestLoop(IntSupplier serve) {
        handler = TurnIoHandler.around(_ -> new Sockets(serve)).newHandler(new ThisThread());
    }

    void turn() {
        handler.run(this);
    }

    @Override
    public boolean canBlock() {
        return !tasks;
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
        return delayNanos;
    }

    @Override
    public long deadlineNanos() {
        return System.nanoTime() + delayNanos;
    }

    private record Sockets(IntSupplier serve) implements IoHandler {
        @Override
        public int run(IoHandlerContext context) {
            return serve.getAsInt();
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new AssertionError("nothing is registered here");
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return false;
        }
    }

    private record ThisThread() implements ThreadAwareExecutor {
        @Override
        public boolean isExecutorThread(Thread thread) {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}
