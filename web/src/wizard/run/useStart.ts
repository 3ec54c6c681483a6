import { RunstreamError } from "@runstream/client"
import { useStartRun } from "@runstream/react"
import { useCallback, useEffect, useRef, useState } from "react"
import { toInput } from "../fund/inputJson.ts"
import type { Fund } from "../fund/types.ts"

/** Where a start stands. `waiting`: the server was busy or away, and is asked again at `at` (ms since 1970). */
export type StartState =
  | { readonly kind: "idle" }
  | { readonly kind: "starting" }
  | { readonly kind: "waiting"; readonly reason: "busy" | "away"; readonly at: number }
  | { readonly kind: "refused"; readonly error: RunstreamError }

const idle: StartState = { kind: "idle" }
/** How long to wait where the server does not say. */
const patienceSeconds = 5

interface Attempt {
  readonly fund: Fund
  /** The same for each attempt, so that however many reach the server there is one run. */
  readonly idempotencyKey: string
}

/**
 * Starts runs. While the server is busy or away it tries again, saying when, until `stop` is called.
 *
 * @param onStarted gets the run's id
 */
export function useStart(onStarted: (runId: string, fund: Fund) => void) {
  const { start: startRun } = useStartRun()
  const [state, setState] = useState<StartState>(idle)
  const newest = useRef<Attempt | null>(null)

  const attempt = useCallback(
    async (wanted: Attempt) => {
      newest.current = wanted
      setState({ kind: "starting" })
      const input = toInput(wanted.fund)
      const { idempotencyKey } = wanted
      try {
        const { runId } = await startRun(
          { agent: "fund-scenario", input },
          { retries: 0, idempotencyKey },
        )
        if (newest.current !== wanted) return
        setState(idle)
        onStarted(runId, wanted.fund)
      } catch (error) {
        if (newest.current === wanted) setState(afterFailure(error))
      }
    },
    [startRun, onStarted],
  )

  useEffect(() => {
    if (state.kind !== "waiting") return
    const timer = setTimeout(
      () => newest.current && attempt(newest.current),
      Math.max(0, state.at - Date.now()),
    )
    return () => clearTimeout(timer)
  }, [state, attempt])

  const start = useCallback(
    (fund: Fund) => attempt({ fund, idempotencyKey: randomKey() }),
    [attempt],
  )
  const stop = useCallback(() => {
    newest.current = null
    setState(idle)
  }, [])
  return { state, start, stop }
}

function afterFailure(error: unknown): StartState {
  const failed =
    error instanceof RunstreamError ? error : new RunstreamError("unknown", String(error))
  const at = Date.now() + (failed.retryAfter ?? patienceSeconds) * 1000
  if (failed.status === 503 || failed.status === 429) return { kind: "waiting", reason: "busy", at }
  if (failed.status === 0 && failed.code !== "invalid-request")
    return { kind: "waiting", reason: "away", at }
  return { kind: "refused", error: failed }
}

function randomKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-")
}
