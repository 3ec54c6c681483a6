import type { Run } from "@runstream/client"
import { describe, expect, it } from "vitest"
import {
  type Listing,
  mergeRuns,
  unheardOf,
  withWaiting,
} from "../../src/console/runs/mergeRuns.ts"

/** A run that was created at this second. */
function run(second: number, more: Partial<Run> = {}): Run {
  return {
    runId: `run-${second}`,
    agent: "external",
    state: "running",
    attempt: 1,
    createdAt: new Date(second * 1000).toISOString(),
    startedAt: null,
    endedAt: null,
    cancelRequestedAt: null,
    firstEventId: null,
    lastEventId: null,
    bufferedBytes: 0,
    bytes: 0,
    readers: 0,
    links: { self: "", stream: "" },
    ...more,
  }
}
const none: Listing = { rows: [], waiting: [] }
const names = (runs: readonly Run[]) => runs.map(({ runId }) => runId)

describe("a list of runs", () => {
  it("shows all that it gets first", () => {
    const { rows, waiting } = mergeRuns(none, [run(3), run(2)])
    expect(names(rows)).toEqual(["run-3", "run-2"])
    expect(waiting).toEqual([])
  })

  it("lets new runs wait, so that no row moves, and brings the others up to date", () => {
    const before = mergeRuns(none, [run(3), run(2)])
    const { rows, waiting } = mergeRuns(before, [
      run(5),
      run(4),
      run(3),
      run(2, { state: "completed" }),
    ])
    expect(names(rows)).toEqual(["run-3", "run-2"])
    expect(rows[1]?.state).toBe("completed")
    expect(names(waiting)).toEqual(["run-5", "run-4"])
  })

  it("keeps those that wait while more come, and shows them when asked", () => {
    let list = mergeRuns(none, [run(3)])
    list = mergeRuns(list, [run(4), run(3)])
    list = mergeRuns(list, [run(5), run(3)])
    expect(names(list.waiting)).toEqual(["run-5", "run-4"])
    list = withWaiting(list)
    expect(names(list.rows)).toEqual(["run-5", "run-4", "run-3"])
    expect(list.waiting).toEqual([])
  })

  it("adds older runs below", () => {
    const { rows, waiting } = mergeRuns(mergeRuns(none, [run(3)]), [run(3), run(2), run(1)])
    expect(names(rows)).toEqual(["run-3", "run-2", "run-1"])
    expect(waiting).toEqual([])
  })

  it("orders runs of one time by name, as the server does", () => {
    const twin = { createdAt: run(3).createdAt }
    const list = mergeRuns(none, [run(3, { ...twin, runId: "b" }), run(2)])
    const { waiting } = mergeRuns(list, [run(3, { ...twin, runId: "c" })])
    expect(names(waiting)).toEqual(["c"])
    expect(names(withWaiting({ ...list, waiting }).rows)).toEqual(["b", "c", "run-2"])
  })

  it("asks after rows that are not listed any more, unless they had ended or lie beyond the page", () => {
    const list = mergeRuns(none, [run(4), run(3), run(2, { state: "failed" }), run(1)])
    expect(names(unheardOf(list, [run(4), run(2)], false))).toEqual(["run-3"])
    expect(names(unheardOf(list, [run(4), run(2)], true))).toEqual(["run-3", "run-1"])
    expect(names(unheardOf(list, [], true))).toEqual(["run-4", "run-3", "run-1"])
  })
})
