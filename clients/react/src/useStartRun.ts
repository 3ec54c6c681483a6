"use client"

import type { Run, StartOptions, StartRun } from "@runstream/client"
import { useCallback, useRef, useState } from "react"
import { useRunstreamClient } from "./RunstreamProvider.js"

interface StartState {
  /** The run that was started last; null until it was, and again from the moment of the next start. */
  readonly runId: string | null
  readonly isPending: boolean
  /** Why the last start failed; a `RunstreamError` where the server refused it. */
  readonly error: Error | null
}

export interface StartRunResult extends StartState {
  /**
   * Starts a run, once, however often the request has to be sent. Its identity is stable. Of several starts
   * only the last is shown; each promise tells of its own.
   */
  start(run: StartRun, options?: StartOptions): Promise<Run>
}

/** Starts runs, and holds the id of the last one for `useAgentStream`. */
export function useStartRun(): StartRunResult {
  const client = useRunstreamClient()
  const [state, setState] = useState<StartState>({ runId: null, isPending: false, error: null })
  const newest = useRef<Promise<Run> | null>(null)

  const start = useCallback(
    (run: StartRun, options?: StartOptions) => {
      const started = client.startRun(run, options)
      newest.current = started
      const settle = (runId: string | null, error: Error | null) => {
        if (newest.current === started) setState({ runId, isPending: false, error })
      }
      setState({ runId: null, isPending: true, error: null })
      // Whoever does not wait for it sees a failure in the state, not as an unhandled one.
      started.then(
        ({ runId }) => settle(runId, null),
        (error) => settle(null, error),
      )
      return started
    },
    [client],
  )
  return { ...state, start }
}
