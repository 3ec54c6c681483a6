import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createClient, type IterateOptions, type RunItem } from "../../src/index.js"
import { complete, control, delta, error, event, first, partial, status } from "../frames.js"
import { flush, pass, ScriptedServer } from "../scriptedServer.js"

let server: ScriptedServer
const logged: unknown[][] = []

beforeEach(() => {
  vi.useFakeTimers()
  server = new ScriptedServer()
  logged.length = 0
})
afterEach(async () => {
  await flush()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function iterate(options: IterateOptions = {}) {
  const client = createClient({
    baseUrl: "http://server",
    fetch: server.fetch,
    backoff: { random: () => 0.5 },
    logger: { error: (...call: unknown[]) => logged.push(call) },
  })
  return client.iterateRun("r", options)
}

/** Takes all there is, as fast as it comes. */
function collect(options: IterateOptions = {}) {
  const items: RunItem[] = []
  const state = { items, ended: false, error: undefined as unknown }
  const all = async () => {
    for await (const item of iterate(options)) items.push(item)
    state.ended = true
  }
  all().catch((error) => {
    state.error = error
  })
  return state
}

const names = (items: RunItem[]) =>
  items.map((item) =>
    "id" in item ? item.id : item.type === "gap" ? `${item.from}..${item.to}` : item.type,
  )

describe("iterating over a run", () => {
  it("gives every event in order, the terminal one included, and ends", async () => {
    const seen = collect()
    await flush()
    expect(server.last.url).toBe("http://server/api/agents/stream/r")
    await server.last.open(
      first() +
        status(1, { state: "running" }) +
        delta(2, "a") +
        partial(3, "a") +
        complete(4, { n: 1 }),
    )
    expect(seen.items).toEqual([
      { id: "5-1", type: "status", data: { state: "running" }, raw: '{"state":"running"}' },
      { id: "5-2", type: "delta", data: { text: "a" }, raw: '{"text":"a"}' },
      { id: "5-3", type: "partial", data: { text: "a" }, raw: '{"text":"a"}' },
      { id: "5-4", type: "complete", data: { n: 1 }, raw: '{"n":1}' },
    ])
    expect(seen.ended).toBe(true)
    expect(server.last.aborted).toBe(true)
  })

  it("ends with the error event of a run that failed, and throws nothing", async () => {
    const seen = collect()
    await flush()
    await server.last.open(first() + error(1, { message: "no", code: "failed" }))
    expect(seen).toMatchObject({ ended: true, error: undefined })
    expect(logged).toEqual([
      ["Agent run error", { runId: "r", errorData: { message: "no", code: "failed" } }],
    ])
  })

  it("gives gaps where they lie, and a reset", async () => {
    const seen = collect()
    await flush()
    await server.last.open(
      first({ resume: "gap", gap: { from: "5-1", to: "5-3" } }) +
        partial(4, "a") +
        control({ state: "running", attempt: 1, gap: { from: "5-5", to: "5-9" } }) +
        delta(10, "b"),
    )
    await server.last.cut()
    await pass(20_000)
    await server.last.open(
      first({ resume: "reset" }) + event("6-1", "delta", {}) + event("6-2", "complete", 1),
    )
    expect(names(seen.items)).toEqual([
      "5-1..5-3",
      "5-4",
      "5-5..5-9",
      "5-10",
      "reset",
      "6-1",
      "6-2",
    ])
  })

  it("tells of a gap once, also where the connection is lost before an event came after it", async () => {
    const seen = collect()
    await flush()
    const gap = (from: number, to: number) => ({ gap: { from: `5-${from}`, to: `5-${to}` } })
    await server.last.open(first(gap(1, 3)) + delta(4, "a") + control(gap(5, 9)))
    for (const more of [gap(5, 9), gap(5, 12), gap(7, 12)]) {
      await server.last.cut()
      await pass(60_000)
      expect(server.last.lastEventId).toBe("5-4")
      await server.last.open(first({ resume: "gap", ...more }))
    }
    await server.last.send(delta(13, "b") + complete(14, 1))
    expect(names(seen.items)).toEqual(["5-1..5-3", "5-4", "5-5..5-9", "5-10..5-12", "5-13", "5-14"])
  })

  it("opens nothing before the first event is asked for", async () => {
    iterate()
    await flush()
    expect(server.calls).toEqual([])
  })

  it("disconnects when the loop is left", async () => {
    const loop = (async () => {
      for await (const item of iterate()) if (item.type === "delta") break
    })()
    await flush()
    await server.last.open(first() + delta(1, "a") + delta(2, "b"))
    await loop
    expect(server.last.aborted).toBe(true)
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
  })

  it("stops reading while its consumer is busy, and gives the server up for nothing", async () => {
    const iterator = iterate()
    const taken = iterator.next()
    await flush()
    await server.last.open(first() + delta(1, "a"))
    expect((await taken).value).toMatchObject({ id: "5-1" })
    const pulls = server.last.pulls
    await server.last.send(delta(2, "b"))
    await pass(600_000)
    expect(server.last.pulls).toBe(pulls)
    expect(server.last.aborted).toBe(false)
    expect((await iterator.next()).value).toMatchObject({ id: "5-2" })
    await iterator.return()
  })

  it("goes on after the last event consumed when the server has cut it meanwhile", async () => {
    const iterator = iterate()
    const taken = iterator.next()
    await flush()
    await server.last.open(first() + delta(1, "a"))
    await taken
    await server.last.cut()
    await pass(60_000)
    expect(server.calls).toHaveLength(1)
    const next = iterator.next()
    await pass(20_000)
    expect(server.last.lastEventId).toBe("5-1")
    await server.last.open(first({ resume: "resumed" }) + delta(2, "b"))
    expect((await next).value).toMatchObject({ id: "5-2" })
    await iterator.return()
  })

  it("begins after the id it is given", async () => {
    collect({ from: { lastEventId: "5-7" } })
    await flush()
    expect(server.last.lastEventId).toBe("5-7")
    await server.last.open(first({ resume: "resumed" }) + complete(8, 1))
  })

  it("throws what will not pass", async () => {
    const seen = collect()
    await flush()
    await server.last.problem(404, "run-not-found")
    expect(seen.error).toMatchObject({ code: "run-not-found", status: 404 })
    expect(logged).toEqual([["SSE connection error", { runId: "r" }]])
  })

  it("throws its signal's reason, waiting or not", async () => {
    const reason = new Error("left")
    const abort = new AbortController()
    const seen = collect({ signal: abort.signal })
    await flush()
    await server.last.open(first() + delta(1, "a"))
    abort.abort(reason)
    await flush()
    expect(seen.error).toBe(reason)
    expect(server.last.aborted).toBe(true)
    const never = collect({ signal: AbortSignal.abort(reason) })
    await flush()
    expect(never.error).toBe(reason)
    expect(server.calls).toHaveLength(1)
  })

  it("tells events that cannot be read as gaps, reports them, and goes on", async () => {
    const problems: string[] = []
    const seen = collect({ maxEventBytes: 200, onProblem: ({ code }) => problems.push(code) })
    await flush()
    await server.last.open(
      first() +
        event(1, "delta", "{oh") +
        event(2, "delta", { a: "x".repeat(300) }) +
        delta(3, "c") +
        complete(4, 1),
    )
    expect(names(seen.items)).toEqual(["5-1..5-1", "5-2..5-2", "5-3", "5-4"])
    expect(seen.items.slice(0, 2)).toMatchObject([{ reason: "malformed" }, { reason: "oversized" }])
    expect(problems).toEqual(["malformed-event", "oversized-event"])
  })

  it("gives what it does not know as it is", async () => {
    const seen = collect()
    await flush()
    await server.last.open(first() + event(1, "tool", { a: 1 }) + complete(2, 1))
    expect(seen.items[0]).toMatchObject({ type: "tool", data: { a: 1 } })
  })
})

describe("from the latest on", () => {
  const answerRun = (run: object) =>
    server.last.answer(200, { "content-type": "application/json" }, JSON.stringify(run))

  it("begins after the last event of a run that goes on", async () => {
    const seen = collect({ from: "latest" })
    await flush()
    expect(server.last.url).toBe("http://server/api/agents/run/r")
    await answerRun({ state: "running", lastEventId: "5-41" })
    expect(server.last.lastEventId).toBe("5-41")
    await server.last.open(first({ resume: "resumed" }) + complete(42, 1))
    expect(names(seen.items)).toEqual(["5-42"])
  })

  it("gives the terminal event of one that has ended", async () => {
    collect({ from: "latest" })
    await flush()
    await answerRun({ state: "completed", lastEventId: "9007199254740993-9007199254740993" })
    expect(server.last.lastEventId).toBe("9007199254740993-9007199254740992")
    await server.last.open(first() + event("9007199254740993-9007199254740993", "complete", 1))
  })

  it("asks again when it cannot be found out, as for any attempt", async () => {
    const seen = collect({ from: "latest" })
    await flush()
    await server.last.answer(503)
    await pass(500)
    expect(server.last.url).toBe("http://server/api/agents/run/r")
    await answerRun({ state: "running", lastEventId: "5-1" })
    await server.last.open(first({ resume: "resumed" }) + complete(2, 1))
    expect(seen.ended).toBe(true)
    const other = collect({ from: "latest" })
    await flush()
    await server.last.problem(404, "run-not-found")
    expect(other.error).toMatchObject({ status: 404 })
  })
})

describe("a position for which the server has nothing", () => {
  const refuse = {
    "204": () => server.last.answer(204),
    "400": () => server.last.problem(400, "invalid-last-event-id"),
  }
  const answerRun = (run: object) =>
    server.last.answer(200, { "content-type": "application/json" }, JSON.stringify(run))

  it.each(["204", "400"] as const)(
    "is dropped after a %s, and each event still comes once",
    async (how) => {
      const seen = collect()
      await flush()
      await server.last.open(first() + delta(1, "a") + delta(2, "b"))
      await server.last.cut()
      await pass(20_000)
      expect(server.last.lastEventId).toBe("5-2")
      await refuse[how]()
      expect(server.calls).toHaveLength(3)
      expect(server.last.lastEventId).toBeNull()
      await server.last.open(
        first() + delta(1, "a") + delta(2, "b") + delta(3, "c") + complete(4, 1),
      )
      expect(names(seen.items)).toEqual(["5-1", "5-2", "5-3", "5-4"])
      expect(seen.ended).toBe(true)
    },
  )

  it("is dropped, and what went from the log meanwhile but was had is no gap", async () => {
    const seen = collect()
    await flush()
    await server.last.open(first() + delta(1, "a") + delta(2, "b") + delta(3, "c"))
    await server.last.cut()
    await pass(20_000)
    await server.last.answer(204)
    await server.last.open(
      first({ gap: { from: "5-1", to: "5-2" } }) + delta(3, "c") + complete(4, 1),
    )
    expect(names(seen.items)).toEqual(["5-1", "5-2", "5-3", "5-4"])
  })

  it("that was given from outside is dropped with what was kept of it", async () => {
    const seen = collect({ from: { lastEventId: "5-4" } })
    await flush()
    await server.last.answer(204)
    expect(server.last.lastEventId).toBeNull()
    await server.last.open(first() + delta(3, "c") + complete(4, 1))
    expect(names(seen.items)).toEqual(["reset", "5-3", "5-4"])
  })

  it.each(["204", "400"] as const)(
    "twice is settled by a look at the run: never taken for success (%s)",
    async (how) => {
      const seen = collect()
      await flush()
      await refuse[how]()
      await refuse[how]()
      expect(server.last.url).toBe("http://server/api/agents/run/r")
      await answerRun({ state: "completed", lastEventId: "5-9" })
      expect(seen.ended).toBe(false)
      expect(seen.error).toMatchObject({ code: "end-missed" })
      await pass(100_000)
      expect(server.calls).toHaveLength(3)
    },
  )

  it("twice of a run that goes on is tried again, as after any failure", async () => {
    const seen = collect()
    await flush()
    await server.last.answer(204)
    await server.last.answer(204)
    await answerRun({ state: "running", lastEventId: "5-9" })
    expect(server.calls).toHaveLength(3)
    await pass(500)
    expect(server.calls).toHaveLength(4)
    await server.last.open(first() + complete(1, 1))
    expect(seen.ended).toBe(true)
  })

  it("twice of a run that is gone ends with that", async () => {
    const seen = collect()
    await flush()
    await server.last.answer(204)
    await server.last.answer(204)
    await server.last.problem(404, "run-not-found")
    expect(seen.error).toMatchObject({ code: "run-not-found" })
  })

  it("is dropped anew after new events have come", async () => {
    collect()
    await flush()
    for (let i = 1; i <= 4; i++) {
      await server.last.answer(204)
      expect(server.last.url).toContain("/stream/")
      await server.last.open(first() + delta(i, "x"))
      await server.last.cut()
      await pass(20_000)
    }
    await server.last.open(first() + complete(9, 1))
  })

  it("comes to an end where the terminal event can never be read", async () => {
    const seen = collect({ maxEventBytes: 200 })
    const log = first() + delta(1, "a") + event(2, "complete", { a: "x".repeat(300) })
    await flush()
    await server.last.open(log)
    await server.last.end()
    await pass(20_000)
    expect(server.last.lastEventId).toBe("5-2")
    await server.last.answer(204)
    expect(server.last.lastEventId).toBeNull()
    await server.last.open(log)
    await server.last.end()
    await pass(20_000)
    expect(server.last.lastEventId).toBe("5-2")
    await server.last.answer(204)
    await answerRun({ state: "completed", lastEventId: "5-2" })
    expect(names(seen.items)).toEqual(["5-1", "5-2..5-2"])
    expect(seen.error).toMatchObject({ code: "end-missed" })
  })

  it("of any other 400 is final", async () => {
    const seen = collect()
    await flush()
    await server.last.problem(400, "invalid-request")
    expect(seen.error).toMatchObject({ code: "invalid-request", status: 400 })
  })
})
