package dev.runstream.app.cli;

import dev.runstream.client.RunState;
import dev.runstream.client.StreamItem;

/**
 * Shows a run as it goes. Confined to one thread. Each method may throw {@link OutputClosedException} or
 * {@link OutputFailedException}.
 */
interface FollowView {
    void show(StreamItem item);

    /** Some time went by; called ten times a second. */
    void tick();

    /** What became of Ctrl-C, in words. */
    void note(String text);

    /** The run ended; the last event was shown before. */
    void end(RunState end);

    /** Following stops before the end. Leaves the screen clean; may be called at any time, also twice. */
    void stop();
}
