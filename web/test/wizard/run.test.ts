import { describe, expect, it } from "vitest"
import { runIdIn, wizardAddress } from "../../src/shared/routing/runAddress.ts"
import { differentInputs, isSameSeed } from "../../src/wizard/compare/difference.ts"
import { pinsIn, togglePin } from "../../src/wizard/compare/pins.ts"
import { defaultFund } from "../../src/wizard/fund/defaults.ts"
import type { Fund } from "../../src/wizard/fund/types.ts"
import { serverRuns } from "../../src/wizard/history/serverRuns.ts"
import { progressOf, progressWords, quarterOf, stateWord } from "../../src/wizard/run/words.ts"
import { reportOf } from "./report.ts"

const progress = { done: 412_000, total: 1_000_000, pathsPerSecond: 58_000 }

describe("the run bar", () => {
  it("says how far it is, how fast, and how long it takes", () => {
    expect(progressWords(progress, true)).toBe("412,000 of 1,000,000 · 58,000/s · 10 s left")
    expect(progressWords(progress, false)).toBe("412,000 of 1,000,000")
    expect(progressWords({ ...progress, done: 1_000_000 }, true)).toBe(
      "1,000,000 of 1,000,000 · 58,000/s",
    )
  })

  it("says where it stands", () => {
    expect(stateWord({ status: "cancelling", error: null }, progress)).toBe("Stopping…")
    expect(stateWord({ status: "cancelled", error: null }, progress)).toBe(
      "Stopped at 412,000 paths",
    )
    expect(stateWord({ status: "cancelled", error: null }, null)).toBe("Stopped")
    expect(stateWord({ status: "completed", error: null }, progress)).toBe("Done")
    const error = { source: "connection" }
    expect(stateWord({ status: "connecting", error }, null)).toBe("Not followed")
  })

  it("goes by the report where that is further, as after a reload", () => {
    expect(progressOf({ data: null }, reportOf({ paths: 100, total: 1_000 }))).toMatchObject({
      done: 100,
      total: 1_000,
    })
    expect(progressOf({ data: progress }, reportOf({ paths: 100 }))).toBe(progress)
    expect(progressOf({ data: null }, undefined)).toBeNull()
  })

  it("tells quarters, and leaves the end to the end", () => {
    const at = (done: number) => quarterOf({ ...progress, done })
    expect([0, 249_999, 250_000, 749_999, 999_999, 1_000_000].map(at)).toEqual([
      0, 0, 25, 50, 75, 75,
    ])
  })
})

describe("addresses", () => {
  it("carry a run's id whatever stands in it", () => {
    for (const runId of ["a", "a..b", "x:y~z", "ü/?"]) {
      expect(runIdIn(new URL(wizardAddress(runId, ["p"]), "http://host"))).toBe(runId)
    }
    expect(runIdIn(new URL("http://host/"))).toBeNull()
    expect(runIdIn(new URL("http://host/run/%E0%A4%A"))).toBeNull()
  })

  it("carry up to three pins; a fourth lets the oldest go", () => {
    const address = new URL(wizardAddress(null, ["a", "b&c"]), "http://host")
    expect(pinsIn(address)).toEqual(["a", "b&c"])
    expect(togglePin(["a", "b", "c"], "d")).toEqual(["b", "c", "d"])
    expect(togglePin(["a", "b"], "a")).toEqual(["b"])
    expect(pinsIn(new URL("http://host/?pin=a&pin=a&pin=&pin=b&pin=c&pin=d"))).toEqual([
      "a",
      "b",
      "c",
    ])
  })
})

describe("comparing", () => {
  const with20Years: Fund = { ...defaultFund, fund: { ...defaultFund.fund, lifeYears: 15 } }

  it("shows only the inputs that differ, by the names of the form", () => {
    const [stage] = defaultFund.stages
    const other: Fund = {
      ...with20Years,
      stages: [
        { ...stage, exitMultiple: { type: "fixed", value: 2 } } as Fund["stages"][0],
        ...defaultFund.stages.slice(1),
      ],
    }
    expect(differentInputs([reportOf(), reportOf({}, other)])).toEqual([
      { name: "Life", values: ["12 years", "15 years"] },
      { name: "Seed: exit value ÷ post-money", values: ["lognormal 0.6 / 3.5", "fixed 2"] },
    ])
    expect(differentInputs([reportOf(), reportOf()])).toEqual([])
  })

  it("has a dash where a run has no such stage", () => {
    const fewer: Fund = { ...defaultFund, stages: defaultFund.stages.slice(0, 4) }
    const rows = differentInputs([reportOf(), reportOf({}, fewer)])
    expect(rows.find(({ name }) => name === "Growth: post-money")?.values).toEqual(["$800M", "–"])
  })

  it("tells the same seed", () => {
    expect(isSameSeed(reportOf(), reportOf())).toBe(true)
    expect(isSameSeed(reportOf(), reportOf({ seed: 8 }))).toBe(false)
  })
})

describe("which kept results the server has forgotten", () => {
  const run = (runId: string) => ({ runId }) as never
  const signal = new AbortController().signal

  it("is told by the whole list", async () => {
    const client = {
      listRuns: async () => ({ runs: [run("a")], next: null }),
      getRun: async () => run(""),
    }
    expect([...(await serverRuns(client, ["a", "b"], signal))]).toEqual([
      ["a", true],
      ["b", false],
    ])
  })

  it("is asked one by one where the list is longer, and left open where nobody answers", async () => {
    const { RunstreamError } = await import("@runstream/client")
    const answers: Record<string, () => Promise<never>> = {
      b: async () => run("b"),
      c: () => Promise.reject(new RunstreamError("run-not-found", "", { status: 404 })),
      d: () => Promise.reject(new RunstreamError("unreachable", "")),
    }
    const client = {
      listRuns: async () => ({ runs: [run("a")], next: "more" }),
      getRun: (runId: string) => (answers[runId] as () => Promise<never>)(),
    }
    expect([...(await serverRuns(client, ["a", "b", "c", "d"], signal))]).toEqual([
      ["a", true],
      ["b", true],
      ["c", false],
    ])
  })
})
