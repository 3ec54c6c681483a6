import type {
  Complete,
  Data,
  Delta,
  Partial,
  RunErrorData,
  RunGap,
  RunState,
  RunTypes,
} from "../run/types.js"
import type { ConnectionState } from "../sse/connectionState.js"

/** The run's own failure: all that its `error` event says. */
export interface RunFailure extends RunErrorData {
  readonly source: "run"
  readonly message: string
}

/** The run cannot be followed; what became of it is not known. `reconnect()` tries again. */
export interface ConnectionFailure {
  readonly source: "connection"
  readonly code: string
  readonly message: string
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
}

interface SnapshotBase<E extends RunTypes> {
  readonly connection: ConnectionState
  /** The payload of the latest `partial`, then those of the deltas after it, oldest first. */
  readonly partials: readonly (Partial<E> | Delta<E>)[]
  /** The payload of the latest `partial`; undefined before the first. */
  readonly partial: Partial<E> | undefined
  /** The payloads of the deltas after the latest `partial`, oldest first. */
  readonly deltas: readonly Delta<E>[]
  /** How many deltas before those in `deltas` were dropped to keep the bounds. */
  readonly droppedPartials: number
  /** What the reducer has made of the events; undefined without one. */
  readonly data: Data<E> | undefined
  /** The last event that went into this snapshot. */
  readonly lastEventId: string | null
  /** Bytes of streams read so far, over all connections. */
  readonly bytesReceived: number
  /** The attempt at the run that this is of; null until it is known. */
  readonly runAttempt: number | null
  /** The events that were missed, oldest first. */
  readonly gaps: readonly RunGap[]
  /** Whether events after the latest `partial` were missed. */
  readonly isIncomplete: boolean
}

interface GoingOn {
  readonly status: "idle" | "connecting" | Exclude<RunState, "completed" | "failed" | "cancelled">
  readonly result: undefined
  readonly error: ConnectionFailure | null
  readonly isComplete: false
  readonly isEnded: false
}

interface Completed<E extends RunTypes> {
  readonly status: "completed"
  readonly result: Complete<E>
  readonly error: null
  readonly isComplete: true
  readonly isEnded: true
}

interface Failed {
  readonly status: "failed"
  readonly result: undefined
  readonly error: RunFailure
  readonly isComplete: false
  readonly isEnded: true
}

interface Cancelled {
  readonly status: "cancelled"
  readonly result: undefined
  readonly error: null
  readonly isComplete: false
  readonly isEnded: true
}

/**
 * A run as it stands, frozen. Absent is null, but for payloads, which may be null themselves: there it is
 * undefined.
 */
export type RunSnapshot<E extends RunTypes = RunTypes> = SnapshotBase<E> &
  (GoingOn | Completed<E> | Failed | Cancelled)
