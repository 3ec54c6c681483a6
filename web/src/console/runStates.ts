import type { Run, RunState } from "@runstream/client"

export function isRunEnd(state: RunState): boolean {
  return state === "completed" || state === "failed" || state === "cancelled"
}

export function isCancellable({ state }: Pick<Run, "state">): boolean {
  return !isRunEnd(state) && state !== "cancelling"
}

/** The number of an event id in its log, as a text, since it may be larger than a number holds exactly. */
export function seqOf(eventId: string | null): string {
  return eventId?.slice(eventId.lastIndexOf("-") + 1) ?? "0"
}

/** How long the run has worked, up to now or to its end; null before it began. */
export function durationOf(run: Run, now: number): number | null {
  if (run.startedAt === null) return null
  const end = run.endedAt === null ? now : Date.parse(run.endedAt)
  return Math.max(0, end - Date.parse(run.startedAt))
}
