import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import {
  type AgentStream,
  type AgentStreamOptions,
  createClient,
  type RunEvent,
  type RunTypes,
  textReducer,
} from "../../src/index.js"
import { complete, control, delta, error, event, first, partial, status } from "../frames.js"
import { openPage } from "../page.js"
import { flush, pass, ScriptedServer } from "../scriptedServer.js"

let server: ScriptedServer
let logged: unknown[][]
let streams: { close(): void }[]

function open<E extends RunTypes = RunTypes>(options: AgentStreamOptions<E> = {}): AgentStream<E> {
  const client = createClient({
    baseUrl: "http://server",
    fetch: server.fetch,
    backoff: { random: () => 0.5, maxAttempts: 5 },
    logger: { error: (...call: unknown[]) => logged.push(call) },
  })
  const stream = client.createAgentStream<E>("r", options)
  streams.push(stream)
  return stream
}

/** A stream whose first connection has begun with this. */
async function opened<E extends RunTypes = RunTypes>(
  text: string,
  options: AgentStreamOptions<E> = {},
) {
  const stream = open<E>(options)
  let changes = 0
  const leave = stream.subscribe(() => {
    changes++
  })
  await flush()
  await server.last.open(text)
  return { stream, leave, shown: () => stream.getSnapshot(), changes: () => changes }
}

beforeEach(() => {
  vi.useFakeTimers()
  server = new ScriptedServer()
  logged = []
  streams = []
})
afterEach(async () => {
  for (const stream of streams) stream.close()
  await flush()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe("a stream as a store", () => {
  it("opens nothing until it is subscribed to", async () => {
    const stream = open()
    stream.getSnapshot()
    stream.reconnect()
    await pass(10_000)
    expect(server.calls).toEqual([])
    expect(stream.getSnapshot()).toMatchObject({ status: "idle", connection: { state: "idle" } })
  })

  it("connects once for any number of subscribers", async () => {
    const stream = open()
    const leave = [1, 2, 3].map(() => stream.subscribe(() => {}))
    await flush()
    expect(stream.getSnapshot()).toMatchObject({
      status: "connecting",
      connection: { state: "connecting" },
    })
    for (const each of leave.slice(1)) each()
    await pass(10_000)
    expect(server.calls).toHaveLength(1)
    expect(server.last.aborted).toBe(false)
  })

  it("disconnects a second after the last one has left, and resumes from its id", async () => {
    const { stream, leave, shown } = await opened(first() + delta(1, "a"))
    leave()
    leave()
    await pass(999)
    expect(server.last.aborted).toBe(false)
    await pass(1)
    expect(server.last.aborted).toBe(true)
    expect(shown()).toMatchObject({
      status: "running",
      connection: { state: "idle" },
      lastEventId: "5-1",
    })
    stream.reconnect()
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
    stream.subscribe(() => {})
    await flush()
    expect(server.last.lastEventId).toBe("5-1")
    expect(shown().partials).toEqual([{ text: "a" }])
  })

  it("is kept open over a change of subscribers, as by StrictMode or a route", async () => {
    const stream = open()
    for (let i = 0; i < 5; i++) {
      stream.subscribe(() => {})()
      await pass(500)
    }
    stream.subscribe(() => {})
    await pass(5_000)
    expect(server.calls).toHaveLength(1)
  })

  it("lets one function subscribe twice", async () => {
    const stream = open()
    const listener = vi.fn()
    const leave = stream.subscribe(listener)
    stream.subscribe(listener)
    leave()
    await pass(2_000)
    expect(server.last.aborted).toBe(false)
  })

  it("gives frozen snapshots, the same one until something changes", async () => {
    const { stream, shown } = await opened(first() + partial(1, "a") + delta(2, "b"))
    const before = shown()
    expect(shown()).toBe(before)
    for (const part of [before, before.connection, before.partials, before.deltas, before.gaps]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
    await server.last.send(delta(3, "c"))
    expect(shown()).not.toBe(before)
    expect(before.partials).toHaveLength(2)
    expect(stream.getServerSnapshot()).toBe(stream.getServerSnapshot())
    expect(stream.getServerSnapshot()).toMatchObject({ status: "idle", partials: [] })
  })

  it("tells once of what came in one piece", async () => {
    const { changes } = await opened("")
    const before = changes()
    let text = first()
    for (let i = 1; i <= 1_000; i++) text += delta(i, "x")
    await server.last.send(text)
    expect(changes() - before).toBe(1)
  })

  it("tells the others when one listener throws", async () => {
    const uncaught: unknown[] = []
    const stream = open()
    const told = vi.fn()
    const real = queueMicrotask
    vi.stubGlobal("queueMicrotask", (task: () => void) =>
      real(() => {
        try {
          task()
        } catch (error) {
          uncaught.push(error)
        }
      }),
    )
    const leave = stream.subscribe(() => {
      throw new Error("mine")
    })
    stream.subscribe(told)
    await flush()
    leave()
    expect(told).toHaveBeenCalled()
    expect(uncaught).toMatchObject([{ message: "mine" }])
    vi.unstubAllGlobals()
  })

  it("is closed for good by close() and by its signal", async () => {
    const abort = new AbortController()
    const { shown, stream } = await opened(first(), { signal: abort.signal })
    abort.abort()
    await flush()
    expect(server.last.aborted).toBe(true)
    expect(shown()).toMatchObject({ connection: { state: "closed" }, error: null })
    stream.reconnect()
    stream.subscribe(() => {})
    await pass(10_000)
    expect(server.calls).toHaveLength(1)

    const other = open()
    other.close()
    other.subscribe(() => {})
    await pass(10_000)
    expect(server.calls).toHaveLength(1)
  })
})

describe("the status", () => {
  it("is the run's own state as the wire has it", async () => {
    const { shown } = await opened(first({ state: "queued" }))
    expect(shown().status).toBe("queued")
    for (const [id, state] of ["running", "retrying", "running", "cancelling"].entries()) {
      await server.last.send(status(id + 2, { state }))
      expect(shown().status).toBe(state)
    }
  })

  it("is the state now, not that of the history which is replayed", async () => {
    const { shown } = await opened(
      first({ state: "cancelling", lastEventId: "5-3" }) +
        status(1, { state: "queued" }) +
        status(2, { state: "running" }),
    )
    expect(shown().status).toBe("cancelling")
    await server.last.send(status(3, { state: "cancelling" }) + status(4, { state: "retrying" }))
    expect(shown().status).toBe("retrying")
  })

  it.each([
    ["completed", complete(2, 1)],
    ["failed", error(2, { message: "m", code: "c", retriable: true })],
    ["cancelled", error(2, { message: "m", code: "cancelled" })],
  ])("is %s only by the terminal event", async (state, terminal) => {
    const { shown } = await opened(
      first({ state, lastEventId: "5-2" }) + status(1, { state: "running" }),
    )
    expect(shown()).toMatchObject({ status: "running", isEnded: false, isComplete: false })
    await server.last.send(control({ state, closing: "drain" }))
    expect(shown().isEnded).toBe(false)
    await server.last.send(terminal)
    expect(shown()).toMatchObject({
      status: state,
      isEnded: true,
      isComplete: state === "completed",
      connection: { state: "closed" },
    })
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
  })

  it("of one that ended elsewhere stays unknown until the log tells", async () => {
    const { shown } = await opened(first({ state: "completed" }))
    expect(shown().status).toBe("connecting")
  })
})

describe("the payloads", () => {
  it("are the latest partial and the deltas after it", async () => {
    const { shown } = await opened(first() + delta(1, "a") + delta(2, "b"))
    expect(shown()).toMatchObject({
      partials: [{ text: "a" }, { text: "b" }],
      partial: undefined,
      deltas: [{ text: "a" }, { text: "b" }],
      lastEventId: "5-2",
    })
    await server.last.send(partial(3, "ab") + delta(4, "c"))
    expect(shown()).toMatchObject({
      partials: [{ text: "ab" }, { text: "c" }],
      partial: { text: "ab" },
      deltas: [{ text: "c" }],
    })
    await server.last.send(event(5, "partial", null))
    expect(shown()).toMatchObject({ partials: [null], partial: null, deltas: [] })
  })

  it("stay when the run completes, with its result", async () => {
    const { shown } = await opened(
      first() + partial(1, "a") + delta(2, "b") + complete(3, { n: 1 }),
    )
    expect(shown()).toMatchObject({
      partials: [{ text: "a" }, { text: "b" }],
      result: { n: 1 },
      error: null,
    })
  })

  it("are bounded in number, and tell how many are gone", async () => {
    let text = first()
    for (let i = 1; i <= 10_003; i++) text += delta(i, String(i))
    const { shown } = await opened(text)
    expect(shown().partials).toHaveLength(10_000)
    expect(shown().partials[0]).toEqual({ text: "4" })
    expect(shown().droppedPartials).toBe(3)
    await server.last.send(partial(10_004, "all") + delta(10_005, "b"))
    expect(shown()).toMatchObject({
      droppedPartials: 0,
      partials: [{ text: "all" }, { text: "b" }],
    })
  })

  it("count a partial among them, and never drop it", async () => {
    const { shown } = await opened(
      first() + partial(1, "p") + delta(2, "a") + delta(3, "b") + delta(4, "c"),
      {
        maxPartials: 3,
      },
    )
    expect(shown()).toMatchObject({
      partials: [{ text: "p" }, { text: "b" }, { text: "c" }],
      droppedPartials: 1,
    })
    const tiny = await opened(first() + partial(1, "p".repeat(50)) + delta(2, "a"), {
      maxPartialsSize: 20,
    })
    expect(tiny.shown()).toMatchObject({ deltas: [], droppedPartials: 1 })
    expect(tiny.shown().partials).toHaveLength(1)
  })

  it("are bounded in size, 10 MB unless told otherwise", async () => {
    const megabyte = "x".repeat(1_000_000)
    let text = first()
    for (let i = 1; i <= 12; i++) text += delta(i, megabyte)
    const { shown } = await opened(text)
    expect(shown().partials).toHaveLength(10)
    expect(shown().droppedPartials).toBe(2)
  })

  it("are applied once, however often they come", async () => {
    const events: string[] = []
    const { shown } = await opened(first() + delta(1, "a") + delta(2, "b"), {
      onEvent: ({ id }) => events.push(id),
    })
    await server.last.cut()
    await pass(20_000)
    await server.last.open(first() + delta(1, "a") + delta(2, "b") + delta(3, "c"))
    expect(shown().partials).toEqual([{ text: "a" }, { text: "b" }, { text: "c" }])
    expect(events).toEqual(["5-1", "5-2", "5-3"])
  })

  it("are compared by their ids as numbers", async () => {
    const { shown } = await opened(first() + delta(9, "a") + delta(10, "b") + delta(9, "a"))
    expect(shown().partials).toHaveLength(2)
  })
})

describe("the reducer", () => {
  it("makes text of an llm run", async () => {
    const { shown } = await opened(
      first() + delta(1, "He") + event(2, "delta", { reasoning: "?" }) + delta(3, "llo"),
      {
        reduce: textReducer,
      },
    )
    const text: string | undefined = shown().data
    expect(text).toBe("Hello")
    await server.last.send(partial(4, "Hello,") + delta(5, " you"))
    expect(shown().data).toBe("Hello, you")
    await server.last.send(complete(6, { text: "Hello, you!" }))
    expect(shown().data).toBe("Hello, you!")
  })

  it("is left at what it had when it throws", async () => {
    const uncaught: (() => void)[] = []
    const { shown } = await opened("", {
      reduce: {
        initial: 0,
        step: (sum: unknown, { data }) => {
          if (JSON.stringify(data).includes("bad")) throw new Error("mine")
          return Number(sum) + 1
        },
      },
    })
    vi.stubGlobal("queueMicrotask", (task: () => void) => uncaught.push(task))
    await server.last.send(first() + delta(1, "a") + delta(2, "bad") + delta(3, "c"))
    vi.unstubAllGlobals()
    expect(shown().data).toBe(2)
    expect(
      uncaught.some((task) => {
        try {
          task()
          return false
        } catch {
          return true
        }
      }),
    ).toBe(true)
  })

  it("goes on from the data it was left with", async () => {
    const { shown } = await opened(first({ resume: "resumed" }) + delta(8, " you"), {
      reduce: textReducer,
      from: { lastEventId: "5-7", data: "Hello" },
    })
    expect(server.last.lastEventId).toBe("5-7")
    expect(shown()).toMatchObject({ data: "Hello you", lastEventId: "5-8" })
  })

  it("has no data where there is none", async () => {
    expect((await opened(first() + delta(1, "a"))).shown().data).toBeUndefined()
  })
})

describe("a reset, and a new attempt of the run", () => {
  const before = first() + partial(1, "a") + delta(2, "b")
  const dropped = { partials: [], partial: undefined, deltas: [], data: "", isIncomplete: false }

  it("by a reset drops deltas, partial and data together", async () => {
    const { shown } = await opened(before, { reduce: textReducer })
    expect(shown().data).toBe("ab")
    await server.last.cut()
    await pass(20_000)
    await server.last.open(first({ resume: "reset" }))
    expect(shown()).toMatchObject({ ...dropped, lastEventId: null, gaps: [] })
    await server.last.send(event("6-1", "delta", { text: "x" }))
    expect(shown()).toMatchObject({ data: "x", partials: [{ text: "x" }] })
  })

  it("by events of another log without a word does the same", async () => {
    const { shown } = await opened(before, { reduce: textReducer })
    await server.last.send(event("6-1", "delta", { text: "x" }))
    expect(shown()).toMatchObject({ data: "x", partials: [{ text: "x" }] })
  })

  it("by a status that begins one drops them too", async () => {
    const { shown } = await opened(before, { reduce: textReducer })
    await server.last.send(status(3, { state: "retrying" }))
    expect(shown()).toMatchObject({ data: "ab", runAttempt: 1 })
    await server.last.send(status(4, { state: "running", attempt: 2 }))
    expect(shown()).toMatchObject({
      ...dropped,
      runAttempt: 2,
      status: "running",
      lastEventId: "5-4",
    })
  })

  it("that lies in a gap drops them too", async () => {
    const { shown } = await opened(before, { reduce: textReducer })
    await server.last.send(
      control({ state: "running", attempt: 2, gap: { from: "5-3", to: "5-9" } }),
    )
    expect(shown()).toMatchObject({ ...dropped, isIncomplete: true, runAttempt: 2 })
  })

  it("that began while away, known from the first frame, drops what was given from outside", async () => {
    const { shown } = await opened(
      first({ resume: "resumed", attempt: 2 }) +
        status(3, { state: "running", attempt: 2 }) +
        delta(4, "x"),
      { reduce: textReducer, from: { lastEventId: "5-2", data: "ab" } },
    )
    expect(shown().data).toBe("x")
  })

  it("does not by itself come of a reconnect", async () => {
    const { shown } = await opened(before, { reduce: textReducer })
    await server.last.cut()
    await pass(20_000)
    await server.last.open(first({ resume: "resumed" }) + delta(3, "c"))
    expect(shown().data).toBe("abc")
  })
})

describe("gaps", () => {
  it("make it incomplete until a later partial", async () => {
    const { shown } = await opened(
      first({ resume: "gap", gap: { from: "5-1", to: "5-3" } }) + delta(4, "a"),
    )
    expect(shown()).toMatchObject({
      isIncomplete: true,
      gaps: [{ from: "5-1", to: "5-3", reason: "missed" }],
    })
    await server.last.send(partial(5, "all"))
    expect(shown()).toMatchObject({ isIncomplete: false, gaps: [{ from: "5-1" }] })
    await server.last.send(
      control({ state: "running", attempt: 1, gap: { from: "5-6", to: "5-8" } }) + delta(9, "b"),
    )
    expect(shown()).toMatchObject({
      isIncomplete: true,
      gaps: [{}, { from: "5-6" }],
      partials: [{ text: "all" }, { text: "b" }],
    })
  })

  it("stand for what could not be read, which is reported, and the stream goes on", async () => {
    const problems: unknown[] = []
    const { shown } = await opened(
      first() +
        event(1, "delta", "{oh") +
        event(2, "delta", { a: "x".repeat(300) }) +
        delta(3, "c"),
      { maxEventBytes: 200, onProblem: ({ code, message }) => problems.push([code, message]) },
    )
    expect(shown()).toMatchObject({
      isIncomplete: true,
      partials: [{ text: "c" }],
      gaps: [
        { from: "5-1", to: "5-1", reason: "malformed" },
        { from: "5-2", to: "5-2", reason: "oversized" },
      ],
    })
    expect(problems).toEqual([
      ["malformed-event", "Event 5-1 is malformed"],
      ["oversized-event", "Event 5-2 is oversized"],
    ])
    await server.last.cut()
    await pass(20_000)
    expect(server.last.lastEventId).toBe("5-3")
  })

  it("are kept up to a thousand", async () => {
    let text = first()
    for (let i = 1; i <= 1_100; i++) text += control({ gap: { from: `5-${i}`, to: `5-${i}` } })
    const { shown } = await opened(text)
    expect(shown().gaps).toHaveLength(1_000)
    expect(shown().gaps[0]?.from).toBe("5-101")
  })
})

describe("errors", () => {
  it("of the run keep the server's message, code and what the producer added", async () => {
    const { shown } = await opened(
      first() + error(1, { message: "Out of luck", code: "no-luck", retriable: true, dice: 3 }),
    )
    expect(shown()).toMatchObject({
      status: "failed",
      error: { source: "run", message: "Out of luck", code: "no-luck", retriable: true, dice: 3 },
    })
    expect(Object.isFrozen(shown().error)).toBe(true)
    expect(logged).toEqual([
      [
        "Agent run error",
        {
          runId: "r",
          errorData: { message: "Out of luck", code: "no-luck", retriable: true, dice: 3 },
        },
      ],
    ])
  })

  it("are none where the run was cancelled", async () => {
    const { shown } = await opened(first() + error(1, { message: "stopped", code: "cancelled" }))
    expect(shown()).toMatchObject({ status: "cancelled", error: null })
    expect(logged).toEqual([])
  })

  it("of the connection are apart from those of the run", async () => {
    const stream = open()
    stream.subscribe(() => {})
    await flush()
    await server.last.problem(404, "run-not-found", { detail: "No such run" })
    expect(stream.getSnapshot()).toMatchObject({
      status: "idle",
      connection: { state: "closed" },
      error: { source: "connection", code: "run-not-found", message: "No such run", status: 404 },
      isEnded: false,
    })
    expect(logged).toEqual([["SSE connection error", { runId: "r" }]])
  })

  it("are tried again by who comes after all had left, and by nobody who only joins", async () => {
    const stream = open()
    const leave = stream.subscribe(() => {})
    await flush()
    await server.last.problem(404, "run-not-found")
    stream.subscribe(() => {})()
    await pass(5_000)
    expect(server.calls).toHaveLength(1)
    leave()
    await pass(5_000)
    expect(stream.getSnapshot().error).toMatchObject({ status: 404 })
    stream.subscribe(() => {})
    await flush()
    expect(server.calls).toHaveLength(2)
    expect(stream.getSnapshot()).toMatchObject({ status: "connecting", error: null })
  })

  it("of giving up are closed, and reconnect() still works", async () => {
    const { shown, stream } = await opened(first() + delta(1, "a"))
    await server.last.cut()
    for (let i = 0; i < 5; i++) {
      await pass(60_000)
      await server.last.answer(503)
    }
    expect(shown()).toMatchObject({
      status: "running",
      connection: { state: "closed" },
      error: { source: "connection", status: 503 },
    })
    await pass(100_000)
    stream.reconnect()
    expect(shown()).toMatchObject({ connection: { state: "waiting" }, error: null })
    await pass(2_000)
    await server.last.open(first({ resume: "resumed" }) + complete(2, 1))
    expect(shown()).toMatchObject({ status: "completed", error: null })
  })

  it("are logged once for each connection that was lost", async () => {
    const { shown } = await opened(first() + delta(1, "a"))
    await server.last.cut()
    expect(shown().connection).toMatchObject({ state: "waiting", retries: 1 })
    await pass(20_000)
    await server.last.answer(503)
    await pass(20_000)
    await server.last.open(first({ resume: "resumed" }))
    expect(logged).toEqual([["SSE connection error", { runId: "r" }]])
    await server.last.end()
    expect(logged).toHaveLength(2)
    expect(logged.every((call) => call.length === 2)).toBe(true)
  })

  it("that are only the server's own closing are none", async () => {
    const { shown } = await opened(first() + delta(1, "a"))
    for (let i = 0; i < 20; i++) {
      await server.last.send(control({ state: "running", closing: "idle" }))
      await server.last.end()
      expect(shown().connection).toEqual({ state: "open", retries: 0, nextRetryAt: null })
      await pass(2_000)
      await server.last.open(first({ resume: "resumed" }))
    }
    expect(server.calls).toHaveLength(21)
    expect(logged).toEqual([])
  })

  it("by a drain hold off the next attempt as long as its frame says", async () => {
    const { shown } = await opened(first() + delta(1, "a"))
    await pass(10_000)
    await server.last.send(control({ state: "running", closing: "drain" }, 4_000))
    await server.last.end()
    // 4 s, and the middle of the 2 s after a good connection.
    expect(shown().connection.nextRetryAt).toBe(Date.now() + 5_000)
  })
})

describe("bytes", () => {
  it("are counted over all connections, comments too", async () => {
    const { shown } = await opened(first())
    const before = shown().bytesReceived
    expect(before).toBe(first().length)
    await server.last.send(":keepalive\n\n")
    expect(shown().bytesReceived).toBe(before + 12)
    await server.last.cut()
    await pass(20_000)
    await server.last.open("data: ä")
    expect(shown().bytesReceived).toBe(before + 12 + 8)
  })
})

describe("event listeners", () => {
  it("hear each applied event once, in order, parsed and raw, with the snapshot that has it", async () => {
    const seen: RunEvent[] = []
    const { stream } = await opened("", { onEvent: (each) => seen.push(each) })
    const late: string[] = []
    await server.last.send(first() + delta(1, "a"))
    const leave = stream.subscribeEvents(({ id }) =>
      late.push(`${id} ${stream.getSnapshot().lastEventId}`),
    )
    await server.last.send(delta(2, "b") + delta(3, "c"))
    leave()
    await server.last.send(delta(4, "d"))
    expect(seen.map(({ id }) => id)).toEqual(["5-1", "5-2", "5-3", "5-4"])
    expect(seen[0]).toEqual({ id: "5-1", type: "delta", data: { text: "a" }, raw: '{"text":"a"}' })
    expect(late).toEqual(["5-2 5-2", "5-3 5-3"])
  })
})

describe("cancel", () => {
  const answer = (state: string) => server.last.answer(204, { "run-state": state })

  it("shows cancelling at once, resolves to the server's state, and the stream goes on to its end", async () => {
    const { stream, shown } = await opened(first() + delta(1, "a"))
    const [source] = server.calls
    const cancelled = stream.cancel()
    expect(shown().status).toBe("cancelling")
    await flush()
    expect([server.last.method, server.last.url]).toEqual([
      "DELETE",
      "http://server/api/agents/run/r",
    ])
    await answer("cancelling")
    expect(await cancelled).toBe("cancelling")
    await source?.send(status(2, { state: "running", message: "still" }))
    expect(shown().status).toBe("cancelling")
    expect(source?.aborted).toBe(false)
    await source?.send(delta(3, "b") + error(4, { message: "stopped", code: "cancelled" }))
    expect(shown()).toMatchObject({ status: "cancelled", partials: [{ text: "a" }, { text: "b" }] })
    expect(await stream.cancel()).toBe("cancelled")
    expect(server.calls).toHaveLength(2)
  })

  it("is one request for calls at the same time, and has one identity", async () => {
    const stream = open()
    const { cancel } = stream
    expect(stream.cancel).toBe(cancel)
    const calls = [cancel(), cancel(), cancel()]
    await flush()
    expect(server.calls).toHaveLength(1)
    await answer("cancelled")
    expect(await Promise.all(calls)).toEqual(["cancelled", "cancelled", "cancelled"])
    const again = cancel()
    await flush()
    expect(server.calls).toHaveLength(2)
    await answer("cancelled")
    await again
  })

  it("tries again three times, then rejects, is as before, and may be called again", async () => {
    const { stream, shown } = await opened(first())
    const cancelled = stream.cancel()
    const failed = expect(cancelled).rejects.toMatchObject({ status: 503 })
    await flush()
    for (const wait of [500, 1_000, 2_000]) {
      await server.last.answer(503)
      expect(shown().status).toBe("cancelling")
      await pass(wait)
    }
    await server.last.problem(503, "store-unavailable", { detail: "Not now" })
    await failed
    expect(server.calls).toHaveLength(5)
    expect(shown().status).toBe("running")
    expect(logged).toEqual([["Failed to cancel", { runId: "r", errorMessage: "Not now" }]])
    const again = stream.cancel()
    await flush()
    await answer("cancelling")
    expect(await again).toBe("cancelling")
  })

  it("that nobody waits for fails without being unhandled", async () => {
    const unhandled = vi.fn()
    process.on("unhandledRejection", unhandled)
    void open().cancel()
    await flush()
    await server.last.answer(404)
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve, 5))
    vi.useFakeTimers()
    process.off("unhandledRejection", unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it("is never what leaving or closing does", async () => {
    const { stream, leave } = await opened(first())
    leave()
    await pass(2_000)
    stream.close()
    await pass(2_000)
    expect(server.calls.map(({ method }) => method ?? "GET")).toEqual(["GET"])
  })
})

describe("in a page", () => {
  it("closes at pagehide, and comes back with what was missed", async () => {
    const page = openPage()
    const { shown, stream } = await opened(first() + delta(1, "a"))
    page.window("pagehide")
    await flush()
    expect(server.last.aborted).toBe(true)
    page.window("pageshow")
    await pass(2_000)
    expect(server.last.lastEventId).toBe("5-1")
    await server.last.open(first({ resume: "resumed" }) + delta(2, "b"))
    expect(shown().partials).toHaveLength(2)
    stream.close()
    page.close()
  })
})
