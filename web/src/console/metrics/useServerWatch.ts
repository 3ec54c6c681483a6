import { useEffect, useState } from "react"
import { inTime } from "../inTime.ts"
import { poll } from "../poll.ts"
import { type History, noHistory, pollMs, withPoll } from "./history.ts"
import { parsePrometheus } from "./prometheus.ts"
import { askReadiness, type Readiness, readinessAfter } from "./readiness.ts"
import { type Reading, readingOf } from "./reading.ts"

export interface ServerWatch {
  readonly history: History
  /** Undefined before the first answer. */
  readonly readiness: Readiness | undefined
}

async function scrape(signal: AbortSignal): Promise<Reading | { at: number }> {
  try {
    const response = await fetch("/metrics", { signal, cache: "no-store" })
    if (!response.ok) return { at: Date.now() }
    const text = await response.text()
    return readingOf(parsePrometheus(text), Date.now())
  } catch {
    return { at: Date.now() }
  }
}

/** Watches the server's health and metrics as long as the page is seen. */
export function useServerWatch(): ServerWatch {
  const [watch, setWatch] = useState<ServerWatch>({ history: noHistory, readiness: undefined })
  useEffect(
    () =>
      poll(async (signal) => {
        const asked = inTime(signal)
        const [polled, readiness] = await Promise.all([scrape(asked), askReadiness(asked)])
        if (signal.aborted) return
        setWatch((before) => ({
          history: withPoll(before.history, polled),
          readiness: readinessAfter(before.readiness, readiness),
        }))
      }, pollMs),
    [],
  )
  return watch
}
