import { useEffect, useState } from "react"
import { keepResult, keptResult } from "../history/keptResults.ts"
import { isReport, type Report } from "./types.ts"
import { type FundSnapshot, useFundRun } from "./useFundRun.ts"

interface Known {
  readonly runId: string
  readonly report: Report
  readonly source: "live" | "kept"
}

export interface ShownReport {
  readonly snapshot: FundSnapshot
  readonly report: Report | undefined
  readonly source: "live" | "kept"
  /** Whether the run says something, and not as a run of `fund-scenario` would. */
  readonly isForeign: boolean
}

/**
 * A run with the newest report of it. What was seen stays while a new attempt has nothing yet. A result is kept in
 * this browser when the run ends, and taken from there once the server has forgotten the run.
 */
export function useReport(runId: string | null): ShownReport {
  const snapshot = useFundRun(runId)
  const payload: unknown = snapshot.result ?? snapshot.partial
  const live = isReport(payload) ? payload : undefined
  const [known, setKnown] = useState<Known | null>(null)
  if (runId && live && known?.report !== live) setKnown({ runId, report: live, source: "live" })

  useEffect(() => {
    if (runId && live && snapshot.isEnded) keepResult(runId, live).catch(() => {})
  }, [runId, live, snapshot.isEnded])

  const isGone = snapshot.error?.source === "connection" && snapshot.error.status === 404
  useEffect(() => {
    if (!runId || !isGone) return
    let isWanted = true
    keptResult(runId).then(
      (kept) => {
        if (kept && isWanted) setKnown({ runId, report: kept.report, source: "kept" })
      },
      // Nothing is kept where the browser keeps nothing.
      () => {},
    )
    return () => {
      isWanted = false
    }
  }, [runId, isGone])

  const shown = known?.runId === runId ? known : null
  return {
    snapshot,
    report: shown?.report,
    source: shown?.source ?? "live",
    isForeign: payload !== undefined && !live,
  }
}
