import { useEffect, useRef } from "react"
import { basePath } from "../../shared/server/client.ts"
import { fromInput } from "./inputJson.ts"
import type { Fund } from "./types.ts"

/**
 * Fetches the input of the run that is shown, so that a link shows the form as its sender had it.
 *
 * @param knownRunId the run whose input the form has already, since it was started or fetched here
 * @param onInput gets it
 */
export function useEchoedInput(
  runId: string | null,
  knownRunId: string | null,
  onInput: (fund: Fund, runId: string) => void,
): void {
  const newest = useRef(onInput)
  useEffect(() => {
    newest.current = onInput
  })
  useEffect(() => {
    if (!runId || runId === knownRunId) return
    const leaving = new AbortController()
    fetchInput(runId, leaving.signal).then(
      (fund) => fund && newest.current(fund, runId),
      // The stream of the run tells what is wrong with it.
      () => {},
    )
    return () => leaving.abort()
  }, [runId, knownRunId])
}

async function fetchInput(runId: string, signal: AbortSignal): Promise<Fund | null> {
  const url = `${basePath}/run/${encodeURIComponent(runId)}?include=input`
  const response = await fetch(url, { signal, headers: { accept: "application/json" } })
  if (!response.ok) return null
  const run = (await response.json()) as { agent: string; input?: unknown }
  const isFund = run.agent === "fund-scenario" && typeof run.input === "object" && run.input
  return isFund ? fromInput(run.input as Record<string, unknown>).fund : null
}
