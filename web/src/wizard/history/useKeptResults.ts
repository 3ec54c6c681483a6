import { useRunstreamClient } from "@runstream/react"
import { useCallback, useEffect, useState } from "react"
import { dropResult, type KeptResult, keptResults } from "./keptResults.ts"
import { serverRuns } from "./serverRuns.ts"

export interface ListedResult extends KeptResult {
  /** Whether the server still has the run; null while that is not known. */
  readonly isOnServer: boolean | null
}

/** The results that this browser keeps, latest first, and which of them the server has forgotten; null before they are known. */
export function useKeptResults() {
  const client = useRunstreamClient()
  const [results, setResults] = useState<readonly ListedResult[] | null>(null)
  const [isKeeping, setKeeping] = useState(true)

  useEffect(() => {
    const leaving = new AbortController()
    const load = async () => {
      const kept = await keptResults().catch(() => {
        setKeeping(false)
        return []
      })
      setResults(kept.map((result) => ({ ...result, isOnServer: null })))
      const known = await serverRuns(
        client,
        kept.map(({ runId }) => runId),
        leaving.signal,
      )
      if (leaving.signal.aborted) return
      setResults(kept.map((result) => ({ ...result, isOnServer: known.get(result.runId) ?? null })))
    }
    // Where the server does not answer nothing is said of what it has.
    load().catch(() => {})
    return () => leaving.abort()
  }, [client])

  const drop = useCallback(async (runId: string) => {
    await dropResult(runId)
    setResults((shown) => shown?.filter((result) => result.runId !== runId) ?? null)
  }, [])
  return { results, isKeeping, drop }
}
