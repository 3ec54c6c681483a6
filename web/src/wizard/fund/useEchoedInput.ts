import { useEffect, useRef } from "react"
import { basePath } from "../../shared/server/client.ts"
import { fromInput } from "./inputJson.ts"
import type { Fund } from "./types.ts"

/**
 * Fetches the input of a run that was not started by this page, so that a link shows the form as its sender had it.
 *
 * @param ownRunId the run that was started here, whose input the form has already
 * @param onInput gets it once for each run
 */
export function useEchoedInput(
  runId: string | null,
  ownRunId: string | null,
  onInput: (fund: Fund) => void,
): void {
  const newest = useRef(onInput)
  useEffect(() => {
    newest.current = onInput
  })
  useEffect(() => {
    if (!runId || runId === ownRunId) return
    const leaving = new AbortController()
    fetchInput(runId, leaving.signal).then(
      (fund) => fund && newest.current(fund),
      // The stream of the run tells what is wrong with it.
      () => {},
    )
    return () => leaving.abort()
  }, [runId, ownRunId])
}

async function fetchInput(runId: string, signal: AbortSignal): Promise<Fund | null> {
  const url = `${basePath}/run/${encodeURIComponent(runId)}?include=input`
  const response = await fetch(url, { signal, headers: { accept: "application/json" } })
  if (!response.ok) return null
  const run = (await response.json()) as { agent: string; input?: unknown }
  const isFund = run.agent === "fund-scenario" && typeof run.input === "object" && run.input
  return isFund ? fromInput(run.input as Record<string, unknown>).fund : null
}
