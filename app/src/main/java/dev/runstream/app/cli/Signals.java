package dev.runstream.app.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Where a process hears of the signals sent to it. Safe for any thread. */
public interface Signals {
    /**
     * Has {@code action} run, on a thread of its own, each time a signal comes, instead of what the JVM does then.
     *
     * @param name without SIG: {@code INT}, {@code TERM}, {@code WINCH}
     * @return false if this JVM does not let us; it then goes on as it would
     */
    boolean on(String name, Runnable action);

    /** Ends this process at once. */
    void leave(int exitStatus);

    /** The signals of this process. */
    static Signals ofProcess() {
        return new Signals() {
            @Override
            public boolean on(String name, Runnable action) {
                return handle(name, action);
            }

            @Override
            public void leave(int exitStatus) {
                Runtime.getRuntime().halt(exitStatus);
            }
        };
    }

    /** By reflection: the compiler warns of the class, which no flag silences, and JVMs may lack it. */
    private static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle run = lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(action);
            Object ours = MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
            Object named = lookup.findConstructor(signal, MethodType.methodType(void.class, String.class))
                    .invoke(name);
            lookup.findStatic(signal, "handle", MethodType.methodType(handler, signal, handler))
                    .invoke(named, ours);
            return true;
        } catch (Throwable notHere) {
            return false;
        }
    }
}
