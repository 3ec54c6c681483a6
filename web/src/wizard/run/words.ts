import { formatCount } from "../../shared/format/numbers.ts"
import { formatSpan } from "../../shared/format/times.ts"
import { stateNames } from "../../shared/ui/StateBadge.tsx"
import type { Progress, Report } from "./types.ts"
import type { FundSnapshot } from "./useFundRun.ts"

type Standing = Pick<FundSnapshot, "status"> & {
  readonly error: { readonly source: string } | null
}

/** How far a run is: by its newest word, else by the newest report. */
export function progressOf(
  { data }: Pick<FundSnapshot, "data">,
  report: Report | undefined,
): Progress | null {
  if (report && (!data || report.paths > data.done)) {
    return { done: report.paths, total: report.total, pathsPerSecond: data?.pathsPerSecond ?? 0 }
  }
  return data ?? null
}

/** "Running", "Stopped at 412,000 paths". */
export function stateWord({ status, error }: Standing, progress: Progress | null): string {
  if (error?.source === "connection") return "Not followed"
  if (status === "idle" || status === "connecting") return "Connecting…"
  if (status === "cancelled" && progress) return `Stopped at ${formatCount(progress.done)} paths`
  return stateNames[status]
}

/** "412,000 of 1,000,000 · 58,000/s · 10 s left". */
export function progressWords(progress: Progress, isMoving: boolean): string {
  const { done, total, pathsPerSecond } = progress
  const parts = [`${formatCount(done)} of ${formatCount(total)}`]
  if (isMoving && pathsPerSecond > 0) {
    parts.push(`${formatCount(pathsPerSecond)}/s`)
    if (done < total) parts.push(`${formatSpan(((total - done) / pathsPerSecond) * 1000)} left`)
  }
  return parts.join(" · ")
}

/** Which quarter was passed last, for those who hear the page: 0, 25, 50 or 75. */
export function quarterOf(progress: Progress | null): number {
  if (!progress || progress.total === 0) return 0
  return Math.min(75, Math.floor((4 * progress.done) / progress.total) * 25)
}
