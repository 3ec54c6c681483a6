import { describe, expect, it } from "vitest"
import { parsePrometheus } from "../../src/console/metrics/prometheus.ts"
import { readingOf } from "../../src/console/metrics/reading.ts"

describe("the text of a scrape", () => {
  it("gives each sample with its labels, and passes comments over", () => {
    const text = [
      "# HELP ai_stream_closed_total Streams that ended, by reason.",
      "# TYPE ai_stream_closed_total counter",
      'ai_stream_closed_total{reason="slow"} 3.0',
      'ai_stream_closed_total{reason="drain",} 4 1769860800120',
      "",
      "ai_stream_connections_active 12",
    ].join("\n")
    expect(parsePrometheus(text)).toEqual([
      { name: "ai_stream_closed_total", labels: { reason: "slow" }, value: 3 },
      { name: "ai_stream_closed_total", labels: { reason: "drain" }, value: 4 },
      { name: "ai_stream_connections_active", labels: {}, value: 12 },
    ])
  })

  it("may hold braces, quotes, line breaks and backslashes in a label", () => {
    const [sample] = parsePrometheus('m{a="}{\\"\\n\\\\n",b="2"} 1e3')
    expect(sample).toEqual({ name: "m", labels: { a: '}{"\n\\n', b: "2" }, value: 1000 })
  })

  it("writes what is no number in words of its own", () => {
    const values = parsePrometheus("a +Inf\nb -Inf\nc NaN").map(({ value }) => value)
    expect(values).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])
  })
})

describe("a reading", () => {
  it("picks what the console shows, whatever the order", () => {
    const text = `
ai_run_open{state="queued"} 7
ai_run_open{state="running"} 2
ai_stream_ttfb_milliseconds_bucket{le="+Inf"} 5
ai_stream_ttfb_milliseconds_bucket{le="0.5"} 3
ai_run_store_info{store="sqlite"} 1
process_start_time_seconds 1.7698608E9
`
    const reading = readingOf(parsePrometheus(text), 1000)
    expect(reading).toMatchObject({ at: 1000, running: 2, queued: 7, store: "sqlite" })
    expect(reading.startedAt).toBe(1_769_860_800_000)
    expect(reading.firstByteBuckets).toEqual([
      { upTo: 0.5, count: 3 },
      { upTo: Number.POSITIVE_INFINITY, count: 5 },
    ])
  })

  it("leaves out what is not there, rather than calling it 0", () => {
    const reading = readingOf(parsePrometheus(""), 1000)
    expect(reading.connections).toBeUndefined()
    expect(reading.events).toBeUndefined()
  })
})
