import { callSafely } from "../fault.js"
import { compareIds } from "../run/eventId.js"
import type { RunNow } from "../run/follow.js"
import {
  isRunEnd,
  type RunEvent,
  type RunGap,
  type RunItem,
  type RunState,
  type StatusData,
} from "../run/types.js"
import { createPayloads, type PayloadBounds } from "./payloads.js"
import type { Reducer } from "./reducer.js"
import type { RunFailure, RunSnapshot } from "./snapshot.js"

/** What one run's events have made of it so far. */
export interface RunView {
  /** Where the run stands; undefined until that is known. */
  readonly state: RunState | undefined
  apply(item: RunItem | RunNow): void
  /** All of a snapshot that events decide. */
  fields(): Omit<RunSnapshot, "status" | "connection" | "bytesReceived">
}

export function createRunView(
  reducer: Reducer | undefined,
  bounds: PayloadBounds,
  from: { readonly lastEventId: string; readonly data?: unknown } | undefined,
): RunView {
  const payloads = createPayloads(bounds)
  let state: RunState | undefined
  /** Up to this event, changes of state are history: `state` is newer. */
  let stateIsAsOf: string | undefined
  let runAttempt: number | null = null
  let result: unknown
  let error: RunFailure | null = null
  let data = reducer && (from?.data ?? reducer.initial)
  let lastEventId = from?.lastEventId ?? null
  let gaps: readonly RunGap[] = []
  let isIncomplete = false

  /** Drops what was of another attempt, or of another log. */
  function clear(): void {
    payloads.clear()
    data = reducer?.initial
    isIncomplete = false
  }

  function takeStatus(id: string, { attempt, state: newState }: StatusData): void {
    if (attempt !== undefined) {
      clear()
      runAttempt = attempt
    }
    const isNews = !stateIsAsOf || compareIds(id, stateIsAsOf) > 0
    if (isNews && !isRunEnd(newState)) state = newState ?? state
  }

  function takeEvent(event: RunEvent): void {
    const { id, type, raw } = event
    lastEventId = id
    if (type === "status") takeStatus(id, event.data)
    else if (type === "delta") payloads.addDelta(event.data, raw.length)
    else if (type === "partial") {
      payloads.setPartial(event.data, raw.length)
      isIncomplete = false
    } else if (type === "complete") {
      state = "completed"
      result = event.data
    } else if (type === "error") {
      const failure = event.data
      state = failure?.code === "cancelled" ? "cancelled" : "failed"
      if (state === "failed") error = Object.freeze({ message: "", ...failure, source: "run" })
    }
    if (reducer) {
      callSafely(() => {
        data = reducer.step(data, event)
      })
    }
  }

  return {
    get state() {
      return state
    },
    apply(item) {
      if (item.type === "now") {
        const { attempt, state: now, lastEventId: last } = item
        if (runAttempt && attempt && attempt !== runAttempt) clear()
        runAttempt = attempt ?? runAttempt
        // Of an end only the terminal event can tell; until it comes, the log says how the run stood.
        if (now && !isRunEnd(now)) {
          state = now
          if (last) stateIsAsOf = last
        }
      } else if (item.type === "reset") {
        clear()
        runAttempt = lastEventId = null
        state = stateIsAsOf = undefined
        gaps = []
      } else if (item.type === "gap") {
        gaps = [...gaps.slice(-999), item]
        isIncomplete = true
        if (item.reason !== "missed") lastEventId = item.to
      } else {
        takeEvent(item)
      }
    },
    fields: () =>
      ({
        ...payloads.copy(),
        data,
        result,
        error,
        lastEventId,
        runAttempt,
        gaps: Object.freeze(gaps),
        isIncomplete,
        isComplete: state === "completed",
        isEnded: isRunEnd(state),
      }) as RunSnapshot,
  }
}
