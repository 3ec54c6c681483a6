import { describe, expect, it } from "vitest"
import { noHistory, pollMs, shownMs, withPoll } from "../../src/console/metrics/history.ts"
import { increaseOf, quantileOf, rateOf } from "../../src/console/metrics/rates.ts"
import { type Reading, readingOf } from "../../src/console/metrics/reading.ts"
import { segmentsOf, valueNear } from "../../src/console/metrics/segments.ts"

const nothing = readingOf([], 0)
const reading = (at: number, more: Partial<Reading> = {}): Reading => ({ ...nothing, at, ...more })

describe("a rate", () => {
  it("is what came for each second", () => {
    const before = reading(1000, { events: 100 })
    expect(rateOf("events", before, reading(3000, { events: 150 }))).toBe(25)
  })

  it("counts all since a restart, and is never below 0", () => {
    const before = reading(1000, { events: 5000 })
    expect(rateOf("events", before, reading(3000, { events: 20 }))).toBe(10)
    expect(increaseOf(5000, 20)).toBe(20)
  })

  it("is not known without a reading before, or without the metric", () => {
    expect(rateOf("events", undefined, reading(3000, { events: 20 }))).toBeUndefined()
    expect(rateOf("events", reading(1000), reading(3000, { events: 20 }))).toBeUndefined()
  })
})

describe("a quantile", () => {
  const buckets = (...counts: number[]) =>
    [1, 10, 100, Number.POSITIVE_INFINITY].map((upTo, at) => ({ upTo, count: counts[at] ?? 0 }))

  it("lies within the bucket in which its rank is", () => {
    // 90 up to 1 ms, 10 more up to 10 ms: the 95th is in the middle of the second bucket.
    expect(quantileOf(0.95, buckets(0, 0, 0, 0), buckets(90, 100, 100, 100))).toBeCloseTo(5.5)
  })

  it("is of what was observed since, and not of all time", () => {
    const before = buckets(0, 0, 1000, 1000)
    expect(quantileOf(0.5, before, buckets(10, 10, 1010, 1010))).toBeCloseTo(0.5)
  })

  it("starts anew where the counts did", () => {
    expect(quantileOf(0.5, buckets(50, 50, 50, 50), buckets(0, 4, 4, 4))).toBeCloseTo(5.5)
  })

  it("is not known where nothing was observed", () => {
    expect(quantileOf(0.95, buckets(5, 5, 5, 5), buckets(5, 5, 5, 5))).toBeUndefined()
  })

  it("past the last bound is that bound", () => {
    expect(quantileOf(0.95, buckets(), buckets(0, 0, 0, 9))).toBe(100)
  })
})

describe("five minutes of polls", () => {
  it("hold a hole, and not 0, where a poll failed", () => {
    let history = withPoll(noHistory, reading(0, { connections: 4, events: 0 }))
    history = withPoll(history, { at: pollMs })
    history = withPoll(history, reading(2 * pollMs, { connections: 6, events: 40 }))
    expect(history.points.map(({ connections }) => connections)).toEqual([4, undefined, 6])
    expect(segmentsOf(history.points, "connections")).toEqual([
      [{ at: 0, value: 4 }],
      [{ at: 2 * pollMs, value: 6 }],
    ])
    // Over the hole the rate is that of the whole time.
    expect(history.points[2]?.eventsPerSecond).toBe(10)
    expect(history.latest?.connections).toBe(6)
  })

  it("hold a hole where nobody looked", () => {
    let history = withPoll(noHistory, reading(0, { connections: 4 }))
    history = withPoll(history, reading(60_000, { connections: 4 }))
    expect(segmentsOf(history.points, "connections")).toHaveLength(2)
    expect(valueNear(history.points, "connections", 30_000)).toBeUndefined()
    expect(valueNear(history.points, "connections", 59_000)).toEqual({ at: 60_000, value: 4 })
  })

  it("are no more than five minutes", () => {
    let history = noHistory
    for (let at = 0; at <= 2 * shownMs; at += pollMs) history = withPoll(history, reading(at))
    expect(history.points).toHaveLength(shownMs / pollMs)
    expect(history.readings).toHaveLength(shownMs / pollMs)
  })
})
