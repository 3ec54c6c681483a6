package dev.runstream.server.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * Serves the sockets of one event loop as another handler does, with what a turn has around that: a {@linkplain Rests
 * rest} before it waits for them, where that is worth it, and after it the {@linkplain Flushes flushes} put off meanwhile.
 * The loop's tasks come behind both.
 */
final class TurnIoHandler implements IoHandler {
    private final IoHandler sockets;
    private final UnaryOperator<IoRegistration> registered;
    private final Rests rests = new Rests(System::nanoTime);

    private TurnIoHandler(IoHandler sockets, UnaryOperator<IoRegistration> registered) {
        this.sockets = sockets;
        this.registered = registered;
    }

    static IoHandlerFactory around(IoHandlerFactory sockets) {
        return around(sockets, UnaryOperator.identity());
    }

    /** @param registered what a channel gets for each registration of the other handler */
    static IoHandlerFactory around(IoHandlerFactory sockets, UnaryOperator<IoRegistration> registered) {
        return executor -> new TurnIoHandler(sockets.newHandler(executor), registered);
    }

    /** Tasks that are handed over during a rest wait for its end, as sockets do, and wake nobody. */
    @Override
    public int run(IoHandlerContext context) {
        if (context.canBlock() && rests.isDue() && context.delayNanos(System.nanoTime()) > Rests.REST_NANOS) {
            LockSupport.parkNanos(this, Rests.REST_NANOS);
        }
        int served = serve(context);
        rests.served(served);
        return served;
    }

    private int serve(IoHandlerContext context) {
        Flushes flushes = Flushes.ofThisLoop();
        flushes.beginServing();
        try {
            return sockets.run(context);
        } finally {
            flushes.endServing();
        }
    }

    @Override
    public void initialize() {
        sockets.initialize();
    }

    @Override
    public void prepareToDestroy() {
        sockets.prepareToDestroy();
    }

    @Override
    public void destroy() {
        sockets.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return registered.apply(sockets.register(handle));
    }

    @Override
    public void wakeup() {
        sockets.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return sockets.isCompatible(handleType);
    }
}
