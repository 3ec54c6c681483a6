import type { Run, RunstreamError } from "@runstream/client"
import { useEffect, useReducer, useRef } from "react"
import { client } from "../../shared/server/client.ts"
import type { Filters } from "../addresses.ts"
import { inTime } from "../inTime.ts"
import { poll } from "../poll.ts"
import { type Listing, mergeRuns, unheardOf, withWaiting } from "./mergeRuns.ts"

const pollMs = 2_000
const pageSize = 100
/** The most that one request may ask for. */
const mostAtOnce = 1_000
/** How many runs that fell out of the list are asked for one by one at each poll. */
const mostLooks = 10

export interface Runs extends Listing {
  /** Whether the list was had at least once. */
  readonly isLoaded: boolean
  readonly hasMore: boolean
  /** Why the latest poll failed. */
  readonly failure: RunstreamError | null
  /** Shows the runs that wait. */
  showWaiting(): void
  /** Asks for the next page with the next poll. */
  loadMore(): void
  /** Shows at once what was learnt elsewhere. */
  update(run: Run): void
}

interface Fetched {
  readonly runs: readonly Run[]
  readonly hasMore: boolean
}

async function fetchRuns(filters: Filters, wanted: number, signal: AbortSignal): Promise<Fetched> {
  const runs: Run[] = []
  let after: string | undefined
  for (;;) {
    const limit = Math.min(mostAtOnce, wanted - runs.length)
    const question = { ...filters, limit, after, signal: inTime(signal), retries: 0 }
    const page = await client.listRuns(question)
    runs.push(...page.runs)
    if (page.next === null) return { runs, hasMore: false }
    if (runs.length >= wanted) return { runs, hasMore: true }
    after = page.next
  }
}

/** Those that were found; the ids of those that the server does not know any more. */
async function lookAt(runs: readonly Run[], signal: AbortSignal) {
  const found: Run[] = []
  const gone = new Set<string>()
  await Promise.all(
    runs.slice(0, mostLooks).map(async ({ runId }) => {
      try {
        found.push(await client.getRun(runId, { signal: inTime(signal), retries: 0 }))
      } catch (error) {
        if ((error as RunstreamError).status === 404) gone.add(runId)
      }
    }),
  )
  return { found, gone }
}

type State = Pick<Runs, "rows" | "waiting" | "isLoaded" | "hasMore" | "failure">

const nothing: State = { rows: [], waiting: [], isLoaded: false, hasMore: false, failure: null }

/** The runs that match, kept up to date while the page is seen, without moving the ones that are shown. */
export function useRuns(filters: Filters): Runs {
  const { state, agent } = filters
  const [shown, change] = useReducer(
    (before: State, next: (before: State) => State) => next(before),
    nothing,
  )
  const wanted = useRef(pageSize)
  const latest = useRef(shown)
  latest.current = shown
  const again = useRef(() => {})

  useEffect(() => {
    wanted.current = pageSize
    change(() => nothing)
    const work = async (signal: AbortSignal) => {
      try {
        const { runs, hasMore } = await fetchRuns({ state, agent }, wanted.current, signal)
        const missing = unheardOf(latest.current, runs, !hasMore)
        const { found, gone } = await lookAt(missing, signal)
        if (signal.aborted) return
        change((before) => ({
          ...without(mergeRuns(mergeRuns(before, found), runs), gone),
          isLoaded: true,
          hasMore,
          failure: null,
        }))
      } catch (error) {
        if (!signal.aborted) change((before) => ({ ...before, failure: error as RunstreamError }))
      }
    }
    let stop = poll(work, pollMs)
    again.current = () => {
      stop()
      stop = poll(work, pollMs)
    }
    return () => stop()
  }, [state, agent])

  return {
    ...shown,
    showWaiting: () => change((before) => ({ ...before, ...withWaiting(before) })),
    update: (run) => change((before) => ({ ...before, ...mergeRuns(before, [run]) })),
    loadMore() {
      if (!latest.current.hasMore || wanted.current > latest.current.rows.length) return
      wanted.current = latest.current.rows.length + latest.current.waiting.length + pageSize
      again.current()
    },
  }
}

function without({ rows, waiting }: Listing, gone: ReadonlySet<string>): Listing {
  return {
    rows: gone.size > 0 ? rows.filter(({ runId }) => !gone.has(runId)) : rows,
    waiting,
  }
}
