import type { Run } from "@runstream/client"
import { describe, expect, it } from "vitest"
import { RunStory } from "../../src/console/events/runStory.ts"
import { holesOf, spansOf } from "../../src/console/run/timeline.ts"

const at = (second: number) => new Date(second * 1000).toISOString()
const run = { createdAt: at(0), startedAt: at(2), endedAt: null } as Run

describe("the course of a run", () => {
  it("is the states that its events told, up to now", () => {
    const story = new RunStory()
    story.addStatus({ state: "queued", at: at(0) })
    story.addStatus({ state: "running", at: at(2), attempt: 1 })
    // A worker's own message is no new state.
    story.addStatus({ state: "running" })
    story.addStatus({ state: "retrying", at: at(6) })
    story.addStatus({ state: "running", at: at(8), attempt: 2 })
    expect(spansOf(run, story.steps, 10_000)).toEqual([
      { state: "queued", attempt: 1, from: 0, to: 0.2, milliseconds: 2000 },
      { state: "running", attempt: 1, from: 0.2, to: 0.6, milliseconds: 4000 },
      { state: "retrying", attempt: 1, from: 0.6, to: 0.8, milliseconds: 2000 },
      { state: "running", attempt: 2, from: 0.8, to: 1, milliseconds: 2000 },
    ])
  })

  it("begins with the run's own times where its first events are gone", () => {
    const steps = [{ state: "cancelling" as const, at: 5000, attempt: 1 }]
    const states = spansOf({ ...run, endedAt: at(10) }, steps, 99_000)
    expect(states.map(({ state, from }) => [state, from])).toEqual([
      ["queued", 0],
      ["running", 0.2],
      ["cancelling", 0.5],
    ])
  })

  it("has holes where events are missing", () => {
    const [hole] = holesOf([{ kind: "gap", key: 0, from: 1, to: 812, reason: "missed" }], 1624)
    expect(hole).toEqual({ from: 0, to: 0.5, events: 812 })
  })
})
