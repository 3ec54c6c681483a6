import type { Reducer, RunSnapshot } from "@runstream/client"
import { type StreamActions, useAgentStream } from "@runstream/react"
import type { FundEvents } from "./types.ts"

/** Keeps the latest word on how far it is; the partial that comes with it says nothing of the speed. */
const progress: Reducer<FundEvents> = {
  initial: null,
  step: (known, event) => (event.type === "delta" ? event.data : known),
}

/** How often the charts are drawn anew, at most: a partial comes ten times a second. */
const throttleMs = 150

export type FundSnapshot = RunSnapshot<FundEvents> & StreamActions

/** Follows a run of `fund-scenario`. */
export function useFundRun(runId: string | null): FundSnapshot {
  return useAgentStream<FundEvents>(runId, { reduce: progress, throttleMs })
}
