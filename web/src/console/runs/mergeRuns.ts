import type { Run } from "@runstream/client"
import { isRunEnd } from "../runStates.ts"

/** Runs as they are shown, and new ones that wait until they are asked for. */
export interface Listing {
  readonly rows: readonly Run[]
  /** Latest first, as the rows. */
  readonly waiting: readonly Run[]
}

/** The order of the server: latest created first, then by name. */
function isBefore(a: Run, b: Run): boolean {
  const order = Date.parse(b.createdAt) - Date.parse(a.createdAt)
  return order === 0 ? a.runId < b.runId : order < 0
}

/**
 * Brings the rows up to what was fetched, and moves none of them: what would come in between or above waits,
 * what comes after the last one is added there. Without rows nothing can jump, and all is shown.
 */
export function mergeRuns({ rows, waiting }: Listing, fetched: readonly Run[]): Listing {
  if (rows.length === 0) return { rows: fetched, waiting: [] }
  const news = new Map(fetched.map((run) => [run.runId, run]))
  const updated = rows.map((run) => take(news, run.runId) ?? run)
  const last = updated.at(-1) as Run
  const fresh = [...news.values()]
  const known = new Set(fresh.map(({ runId }) => runId))
  // Those that have ceased to match, or were pushed off the fetched page, are still worth showing.
  const stillWaiting = waiting.filter(({ runId }) => !known.has(runId))
  const above = fresh.filter((run) => isBefore(run, last))
  return {
    rows: [...updated, ...fresh.filter((run) => !isBefore(run, last))],
    waiting: [...above, ...stillWaiting].sort((a, b) => (isBefore(a, b) ? -1 : 1)),
  }
}

/** Shows those that wait, in their places. */
export function withWaiting({ rows, waiting }: Listing): Listing {
  const all = [...rows, ...waiting]
  return { rows: all.sort((a, b) => (isBefore(a, b) ? -1 : 1)), waiting: [] }
}

/**
 * Rows that lie within what was fetched and are not part of it: they do not match any more, or are gone.
 * Only those that had not ended, which may have changed.
 */
export function unheardOf(
  { rows }: Listing,
  fetched: readonly Run[],
  isAll: boolean,
): readonly Run[] {
  const heard = new Set(fetched.map(({ runId }) => runId))
  const last = fetched.at(-1)
  return rows.filter(
    (run) =>
      !heard.has(run.runId) &&
      !isRunEnd(run.state) &&
      (isAll || (last !== undefined && isBefore(run, last))),
  )
}

function take(runs: Map<string, Run>, runId: string): Run | undefined {
  const run = runs.get(runId)
  runs.delete(runId)
  return run
}
