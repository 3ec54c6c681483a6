/** The ends that a run can come to. */
export type RunEnd = "completed" | "failed" | "cancelled"

/** Where a run stands, as the wire has it. */
export type RunState = "queued" | "running" | "retrying" | "cancelling" | RunEnd

/** Whether a run in this state has come to its end. */
export function isRunEnd(state: unknown): state is RunEnd {
  return /^(completed|failed|cancelled)$/.test(String(state))
}

/**
 * What the payloads of a run's events are, for its type parameter `E`; a member left out is `unknown`.
 * `data` is what a reducer makes of them.
 */
export interface RunTypes {
  delta?: unknown
  partial?: unknown
  complete?: unknown
  data?: unknown
}

export type Delta<E> = E extends { delta: infer T } ? T : unknown
export type Partial<E> = E extends { partial: infer T } ? T : unknown
export type Complete<E> = E extends { complete: infer T } ? T : unknown
export type Data<E> = E extends { data: infer T } ? T : unknown

export interface Run {
  readonly runId: string
  readonly agent: string
  readonly state: RunState
  readonly attempt: number
  /** Times are UTC, ISO 8601. */
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly cancelRequestedAt: string | null
  readonly firstEventId: string | null
  readonly lastEventId: string | null
  readonly bufferedBytes: number
  readonly bytes: number
  readonly readers: number
  readonly links: { readonly self: string; readonly stream: string }
  readonly onDisconnect?: "cancel"
  readonly error?: RunErrorData
}

export interface RunPage {
  readonly runs: readonly Run[]
  /** What `after` takes to give the page after this; null on the last. */
  readonly next: string | null
}

/** What a run is started with. */
export interface StartRun {
  readonly agent: string
  /** Any JSON. */
  readonly input?: unknown
  /** A name of your own. */
  readonly runId?: string
  /** `"cancel"`: the run is cancelled once its last reader has been gone for a while. */
  readonly onDisconnect?: "continue" | "cancel"
  readonly attempts?: number
  readonly timeoutSeconds?: number
  /** Only for `external`. */
  readonly leaseSeconds?: number
}

export interface StatusData {
  readonly state: RunState
  readonly message?: string
  readonly progress?: { readonly done: number; readonly total: number }
  /** The attempt that begins here. */
  readonly attempt?: number
  readonly at?: string
  readonly [more: string]: unknown
}

export interface RunErrorData {
  readonly message?: string
  readonly code?: string
  readonly retriable?: boolean
  readonly [more: string]: unknown
}

interface Numbered<Type extends string, Payload> {
  readonly id: string
  readonly type: Type
  readonly data: Payload
  /** The data as it came, before it was parsed. */
  readonly raw: string
}

/** An event of a run's log. */
export type RunEvent<E extends RunTypes = RunTypes> =
  | Numbered<"status", StatusData>
  | Numbered<"delta", Delta<E>>
  | Numbered<"partial", Partial<E>>
  | Numbered<"complete", Complete<E>>
  | Numbered<"error", RunErrorData>

/** A range of events that will not come; both ends are part of it. */
export interface RunGap {
  readonly type: "gap"
  readonly from: string
  readonly to: string
  /** `missed`: the server does not hold them any more; the others did come, and could not be read. */
  readonly reason: "missed" | "oversized" | "malformed"
}

/** The log was made anew: what follows begins at its start, and what was kept of the old one is void. */
export interface RunReset {
  readonly type: "reset"
}

/** What a run's log yields. */
export type RunItem<E extends RunTypes = RunTypes> = RunEvent<E> | RunGap | RunReset
