package dev.runstream.core.run;

/**
 * Why and since when a run is asked to stop. The first reason stays.
 *
 * @param atMillis since 1970; 0 for {@link Reason#NONE}
 */
public record Stop(Reason reason, long atMillis) {
    /** Nobody asked. */
    public static final Stop NONE = new Stop(Reason.NONE, 0);

    /** Why a run is asked to stop. */
    public enum Reason {
        NONE,
        /** Somebody cancelled it; it ends as {@code cancelled}. */
        CANCEL,
        /** It ran out of time; it ends as {@code failed} with code {@code timeout}. */
        TIMEOUT
    }

    public boolean isRequested() {
        return reason != Reason.NONE;
    }
}
