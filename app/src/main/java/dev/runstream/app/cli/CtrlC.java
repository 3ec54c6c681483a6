package dev.runstream.app.cli;

import org.jspecify.annotations.Nullable;

/** The first Ctrl-C does what a command wants, the second leaves at once. Safe for any thread. */
final class CtrlC {
    // all guarded by this
    private @Nullable Runnable first;
    private int times;

    static CtrlC watch(Signals signals) {
        CtrlC ctrlC = new CtrlC();
        signals.on("INT", () -> ctrlC.pressed(signals));
        return ctrlC;
    }

    /** What the first one does; at once, on the calling thread, where it came already. */
    void does(Runnable action) {
        boolean isLate;
        synchronized (this) {
            first = action;
            isLate = times > 0;
        }
        if (isLate) {
            action.run();
        }
    }

    private void pressed(Signals signals) {
        Runnable action;
        synchronized (this) {
            times++;
            if (times > 1) {
                signals.leave(ExitStatus.CANCELLED);
            }
            action = times == 1 ? first : null;
        }
        if (action != null) {
            action.run();
        }
    }
}
