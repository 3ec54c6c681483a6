import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { RunstreamError } from "../../src/error.js"
import {
  type ConnectionState,
  createEventSource,
  type EventSourceConnection,
  type EventSourceOptions,
  type SseEvent,
  type SseItem,
} from "../../src/sse/index.js"
import { openPage } from "../page.js"
import { seededRandom } from "../random.js"
import { flush, pass, ScriptedServer } from "../scriptedServer.js"

let server: ScriptedServer
let opened: EventSourceConnection[]
let events: SseEvent[]
let states: ConnectionState[]
let closedWith: (RunstreamError | null)[]
let losses: number

/** The middle of each window: 1,000 ms after a good connection, half of 1, 2, 4 … s otherwise. */
const middle = () => 0.5

/** A listener for events alone. */
function onEvent(listener: (event: SseEvent) => void | Promise<void>) {
  return (item: SseItem) => (item.kind === "event" ? listener(item) : undefined)
}

function open(options: EventSourceOptions = {}) {
  const source = createEventSource("http://server/stream", {
    fetch: server.fetch,
    backoff: { random: middle },
    onItem: onEvent((event) => void events.push(event)),
    onState: (state) => states.push(state),
    onClose: (error) => closedWith.push(error),
    onLost: () => losses++,
    ...options,
  })
  opened.push(source)
  return source
}

beforeEach(() => {
  vi.useFakeTimers()
  server = new ScriptedServer()
  opened = []
  events = []
  states = []
  closedWith = []
  losses = 0
})
afterEach(() => {
  for (const source of opened) source.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const data = () => events.map((event) => event.data)

describe("an event source", () => {
  it("asks as its options say, without a cache", async () => {
    open({
      method: "POST",
      body: "q",
      headers: { "X-A": "1" },
      credentials: "include",
      lastEventId: "7",
    })
    await flush()
    const { init, headers, lastEventId, url } = server.last
    expect(url).toBe("http://server/stream")
    expect(init).toMatchObject({
      method: "POST",
      body: "q",
      cache: "no-store",
      credentials: "include",
    })
    expect(headers.get("x-a")).toBe("1")
    expect(headers.get("accept")).toBe("text/event-stream")
    expect(lastEventId).toBe("7")
  })

  it("asks its functions for headers and body with each attempt", async () => {
    let count = 0
    open({
      method: "POST",
      headers: async () => ({ authorization: `token ${++count}` }),
      body: () => `body ${count}`,
    })
    await flush()
    expect(server.last.headers.get("authorization")).toBe("token 1")
    expect(server.last.init.body).toBe("body 1")
    await server.last.cut()
    await pass(1_000)
    expect(server.last.headers.get("authorization")).toBe("token 2")
    expect(server.last.init.body).toBe("body 2")
  })

  it("sends the last event id with each attempt, and never that of an event cut short", async () => {
    open()
    await flush()
    expect(server.last.lastEventId).toBeNull()
    await server.last.open("id: 1\ndata: a\n\nid: 2\ndata: b\n")
    await server.last.cut()
    await pass(1_000)
    expect(data()).toEqual(["a"])
    expect(server.last.lastEventId).toBe("1")
  })

  it("keeps the id over a connection that brings no event", async () => {
    open()
    await flush()
    await server.last.open("id: 1\ndata: a\n\n")
    await server.last.cut()
    await pass(1_000)
    await server.last.open("event: status\ndata: {}\n\n")
    await server.last.cut()
    await pass(60_000)
    expect(server.calls.slice(1).map((call) => call.lastEventId)).toEqual(["1", "1"])
  })

  it("commits an id that came without data, and forgets one that is set empty", async () => {
    open()
    await flush()
    await server.last.open("id: 5\n\n")
    await server.last.cut()
    await pass(1_000)
    expect(server.last.lastEventId).toBe("5")
    await server.last.open("id\n\n")
    await server.last.cut()
    await pass(2_000)
    expect(server.last.lastEventId).toBeNull()
  })

  it("sends an id of any characters as its UTF-8 bytes", async () => {
    open({ lastEventId: "…" })
    await flush()
    expect(Buffer.from(server.last.lastEventId ?? "", "latin1").toString()).toBe("…")
  })

  it("shows comments, retry and what was too large", async () => {
    const seen: unknown[] = []
    open({
      maxEventBytes: 20,
      onItem(item) {
        if (item.kind === "comment") seen.push(item.text)
        if (item.kind === "retry") seen.push(item.retry)
        if (item.kind === "oversized") seen.push(item.lastEventId)
      },
      onBytes: (count) => seen.push(count),
    })
    await flush()
    await server.last.open(`:hi\nretry: 5\n\nid: 8\ndata: ${"x".repeat(30)}\n\n`)
    expect(seen).toEqual([58, "hi", 5, "8"])
  })

  it("tells its state", async () => {
    const source = open()
    await flush()
    expect(source.state).toEqual({ state: "connecting", retries: 0, nextRetryAt: null })
    await server.last.open()
    expect(source.state).toEqual({ state: "open", retries: 0, nextRetryAt: null })
    await server.last.cut()
    expect(source.state).toEqual({ state: "waiting", retries: 1, nextRetryAt: Date.now() + 500 })
    await pass(500)
    expect(source.state).toEqual({ state: "connecting", retries: 1, nextRetryAt: null })
    await server.last.open()
    expect(source.state).toEqual({ state: "open", retries: 0, nextRetryAt: null })
    source.close()
    expect(source.state.state).toBe("closed")
    expect(states.every(Object.isFrozen)).toBe(true)
  })

  it("is ended by its signal", async () => {
    const abort = new AbortController()
    const source = open({ signal: abort.signal })
    await flush()
    await server.last.open("data: a\n\n")
    abort.abort()
    await flush()
    expect(server.last.aborted).toBe(true)
    expect(source.state.state).toBe("closed")
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
  })

  it("opens nothing under a signal that has aborted", async () => {
    const source = open({ signal: AbortSignal.abort() })
    await flush()
    expect(server.calls).toEqual([])
    expect(source.state.state).toBe("closed")
  })

  it("tells nothing after it was closed in the middle of a chunk", async () => {
    const source = open({
      onItem: onEvent((event) => {
        events.push(event)
        source.close()
      }),
    })
    await flush()
    await server.last.open("data: a\n\ndata: b\n\n")
    expect(data()).toEqual(["a"])
    expect(server.last.aborted).toBe(true)
  })

  it("reads no further until a promise of its listener is settled", async () => {
    const waiting: (() => void)[] = []
    open({
      onItem: onEvent((event) => {
        events.push(event)
        return new Promise<void>((resolve) => waiting.push(resolve))
      }),
    })
    await flush()
    await server.last.open("data: a\n\ndata: b\n\n")
    await pass(600_000)
    expect(data()).toEqual(["a"])
    expect(server.last.pulls).toBe(0)
    expect(server.calls).toHaveLength(1)
    waiting[0]?.()
    await flush()
    expect(data()).toEqual(["a", "b"])
    waiting[1]?.()
    await flush()
    expect(server.last.pulls).toBe(1)
  })

  it("goes on when a listener throws, and the fault is seen as uncaught", async () => {
    const uncaught: (() => void)[] = []
    vi.stubGlobal("queueMicrotask", (task: () => void) => uncaught.push(task))
    open({
      onItem: onEvent((event) => {
        events.push(event)
        throw new Error(event.data)
      }),
    })
    await flush()
    await server.last.open("data: a\n\ndata: b\n\n")
    expect(data()).toEqual(["a", "b"])
    expect(uncaught).toHaveLength(2)
    expect(uncaught[0]).toThrow("a")
    expect(server.calls).toHaveLength(1)
    vi.unstubAllGlobals()
  })

  it("goes on connecting when a listener of its state, or of its losses, throws", async () => {
    const uncaught: unknown[] = []
    vi.stubGlobal("queueMicrotask", (task: () => void) => uncaught.push(task))
    const fail = () => {
      throw new Error("mine")
    }
    open({ onState: fail, onLost: fail })
    await flush()
    await server.last.cut()
    await pass(500)
    expect(server.calls).toHaveLength(2)
    opened[0]?.close()
    vi.unstubAllGlobals()
    expect(uncaught.length).toBeGreaterThan(2)
  })

  it("works where signals are of the older kind, as in React Native", async () => {
    class OldSignal extends EventTarget {
      aborted = false
    }
    class OldController {
      readonly signal = new OldSignal()
      abort() {
        this.signal.aborted = true
        this.signal.dispatchEvent(new Event("abort"))
      }
    }
    vi.stubGlobal("AbortController", OldController)
    const source = open({ silenceMs: 5_000 })
    await flush()
    await server.last.open("id: 1\ndata: a\n\n")
    await pass(5_000)
    expect(source.state).toMatchObject({ state: "waiting", retries: 1 })
    await pass(1_000)
    await server.last.open("data: b\n\n")
    source.pause()
    source.resume()
    await flush()
    await server.last.open("data: c\n\n")
    expect(data()).toEqual(["a", "b", "c"])
    source.close()
    vi.unstubAllGlobals()
  })

  it("sends a body that is a stream, made anew for each attempt", async () => {
    const requests: Request[] = []
    open({
      method: "POST",
      body: () => new Blob(["question"]).stream(),
      fetch: (url, init) => {
        requests.push(new Request(url, init))
        return server.fetch(url, { ...init, body: null })
      },
    })
    await flush()
    await server.last.cut()
    await pass(500)
    expect(requests).toHaveLength(2)
    expect(await requests[1]?.text()).toBe("question")
  })

  it("is closed by a promise of its listener that rejects", async () => {
    open({ onItem: onEvent(() => Promise.reject(new Error("full"))) })
    await flush()
    await server.last.open("data: a\n\n")
    expect(closedWith).toMatchObject([{ message: "full" }])
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
  })

  it("disconnects while paused, and resumes at once from the last id", async () => {
    const source = open()
    await flush()
    await server.last.open("id: 1\ndata: a\n\n")
    source.pause()
    expect(server.last.aborted).toBe(true)
    expect(source.state.state).toBe("idle")
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
    source.resume()
    source.resume()
    await flush()
    expect(server.calls).toHaveLength(2)
    expect(server.last.lastEventId).toBe("1")
  })

  it("asks again for what came in the same piece as the event in hand", async () => {
    const source = open({ onItem: onEvent(() => new Promise(() => {})) })
    await flush()
    await server.last.open("id: 1\ndata: a\n\nid: 2\ndata: b\n\n")
    source.reconnect()
    await pass(1_000)
    expect(server.last.lastEventId).toBe("1")
  })

  it("resumes no sooner than the server allows", async () => {
    const source = open()
    await flush()
    await server.last.answer(503, { "retry-after": "60" })
    source.pause()
    source.resume()
    expect(source.state).toEqual({
      state: "waiting",
      retries: 1,
      nextRetryAt: Date.now() + 61_000,
    })
    await pass(60_000)
    expect(server.calls).toHaveLength(1)
    await pass(1_000)
    expect(server.calls).toHaveLength(2)
  })

  it("begins from an id that is found with the attempt, and asked for again where that fails", async () => {
    let count = 0
    const source = open({
      lastEventId: async () => {
        if (count++ === 0) throw new Error("not yet")
        return "9"
      },
    })
    await flush()
    expect(server.calls).toHaveLength(0)
    await pass(500)
    expect(server.last.lastEventId).toBe("9")
    await server.last.cut()
    await pass(1_000)
    expect(server.last.lastEventId).toBe("9")
    await server.last.open("id: 10\ndata: a\n\n")
    expect(source.lastEventId).toBe("10")
    expect(count).toBe(3)
  })
})

describe("an event source connects again", () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 599])("after a %i", async (status) => {
    open()
    await flush()
    await server.last.answer(status)
    await pass(500)
    expect(server.calls).toHaveLength(2)
    expect(closedWith).toEqual([])
  })

  it("after a failure of the network", async () => {
    open()
    await flush()
    await server.last.cut()
    await pass(500)
    expect(server.calls).toHaveLength(2)
  })

  it("after a clean end", async () => {
    open()
    await flush()
    await server.last.open("data: a\n\n")
    await server.last.end()
    await pass(500)
    expect(server.calls).toHaveLength(2)
  })

  it("after its function for headers failed", async () => {
    let count = 0
    open({
      headers: () => {
        if (count++ === 0) throw new Error("no token yet")
        return {}
      },
    })
    await pass(500)
    expect(server.calls).toHaveLength(1)
  })

  it.each([
    [400, {}],
    [403, {}],
    [404, {}],
    [409, {}],
    [206, { "content-type": "text/event-stream" }],
    [304, {}],
  ])("never after a %i", async (status, headers) => {
    const source = open()
    await flush()
    await server.last.answer(status, headers as Record<string, string>)
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
    expect(source.state.state).toBe("closed")
    expect(closedWith).toMatchObject([{ code: "http-error", status }])
  })

  it.each(["text/html", "text/event-streams", "application/json", ""])(
    "never after the MIME type %j",
    async (type) => {
      open()
      await flush()
      await server.last.answer(200, { "content-type": type }, "data: a\n\n")
      expect(closedWith).toMatchObject([{ code: "wrong-content-type" }])
      expect(events).toEqual([])
      await pass(100_000)
      expect(server.calls).toHaveLength(1)
    },
  )

  it.each(["text/event-stream;charset=utf-8", "Text/Event-Stream", "text/event-stream ; x=y"])(
    "and takes the MIME type %j",
    async (type) => {
      open()
      await flush()
      await server.last.open("data: a\n\n", { "content-type": type })
      expect(data()).toEqual(["a"])
    },
  )

  it("never after a 204, which is no failure", async () => {
    const source = open()
    await flush()
    await server.last.answer(204)
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
    expect(source.state.state).toBe("closed")
    expect(closedWith).toEqual([null])
  })

  it("never where there is no body to read, and names what to use instead", async () => {
    const headers = new Headers({ "content-type": "text/event-stream" })
    for (const body of [undefined, null, {}]) {
      open({ fetch: async () => ({ status: 200, headers, body }) as Response })
    }
    await flush()
    expect(closedWith).toHaveLength(3)
    for (const error of closedWith) {
      expect(error).toMatchObject({
        code: "no-body",
        message: expect.stringContaining("expo/fetch"),
      })
    }
  })

  it("and lets go of an answer of another MIME type that never ends", async () => {
    let signal: AbortSignal | null | undefined
    open({
      fetch: async (_, init) => {
        signal = init?.signal
        return new Response(new ReadableStream(), { headers: { "content-type": "text/html" } })
      },
    })
    await flush()
    expect(closedWith).toMatchObject([{ code: "wrong-content-type" }])
    expect(signal?.aborted).toBe(true)
  })

  it("never to what is no URL", async () => {
    opened.push(createEventSource("/relative", { onClose: (error) => closedWith.push(error) }))
    await flush()
    expect(closedWith).toMatchObject([{ code: "invalid-request" }])
  })

  it("after a 401 at once, with headers asked for again, but only once", async () => {
    const asked: boolean[] = []
    open({
      headers({ unauthorized }) {
        asked.push(unauthorized)
        return {}
      },
    })
    await flush()
    await server.last.answer(401)
    expect(asked).toEqual([false, true])
    expect(server.calls).toHaveLength(2)
    await server.last.answer(401)
    expect(closedWith).toMatchObject([{ status: 401 }])
    await pass(100_000)
    expect(server.calls).toHaveLength(2)
  })

  it("after a 401 once for each attempt, as tokens expire again", async () => {
    open({ headers: () => ({}) })
    await flush()
    for (let day = 0; day < 3; day++) {
      await server.last.answer(401)
      await server.last.open("id: 1\ndata: a\n\n")
      await server.last.cut()
      await pass(500)
    }
    expect(closedWith).toEqual([])
    expect(server.calls).toHaveLength(7)
  })

  it("never after a 401 to headers that are fixed", async () => {
    open({ headers: { authorization: "x" } })
    await flush()
    await server.last.answer(401)
    expect(closedWith).toMatchObject([{ status: 401 }])
  })

  it("until maxAttempts in a row have failed; reconnect() still works", async () => {
    const source = open({ backoff: { random: middle, maxAttempts: 3 } })
    await flush()
    for (let i = 0; i < 3; i++) {
      await server.last.answer(503)
      await pass(60_000)
    }
    expect(server.calls).toHaveLength(3)
    expect(source.state.state).toBe("closed")
    expect(closedWith).toMatchObject([{ status: 503 }])

    source.reconnect()
    await pass(1_000)
    expect(server.calls).toHaveLength(4)
    await server.last.open("data: a\n\n")
    expect(data()).toEqual(["a"])
    expect(source.state.state).toBe("open")
  })

  it("and counts no connection that was good towards maxAttempts", async () => {
    open({ backoff: { random: middle, maxAttempts: 2 } })
    await flush()
    for (let i = 0; i < 10; i++) {
      await server.last.open()
      await pass(5_000)
      await server.last.cut()
      await pass(1_000)
      await server.last.answer(503)
      await pass(1_000)
    }
    expect(closedWith).toEqual([])
    expect(server.calls).toHaveLength(21)
  })

  it("and reports one loss for each time it was lost", async () => {
    open()
    await flush()
    for (let i = 1; i <= 3; i++) {
      await server.last.open()
      await server.last.cut()
      await pass(60_000)
      await server.last.cut()
      await pass(60_000)
      expect(losses).toBe(i)
    }
  })
})

describe("the wait before connecting again", () => {
  /** Opens with this random number, and gives the wait after each of these failures. */
  async function waits(random: () => number, fail: ((at: number) => Promise<void>)[]) {
    open({ backoff: { random } })
    await flush()
    const found: number[] = []
    for (const [at, failure] of fail.entries()) {
      const count = server.calls.length
      await failure(at)
      const failedAt = Date.now()
      while (server.calls.length === count) await vi.advanceTimersToNextTimerAsync()
      found.push(server.last.at - failedAt)
    }
    return found
  }
  const refuse = () => server.last.answer(503)
  const top = () => 0.999_999

  it("grows from 1 s to 30 s while attempts fail", async () => {
    const found = await waits(top, Array(8).fill(refuse))
    expect(found.map((ms) => Math.round(ms / 1000))).toEqual([1, 2, 4, 8, 16, 30, 30, 30])
  })

  it("is drawn from zero on", async () => {
    expect(await waits(() => 0, Array(8).fill(refuse))).toEqual(Array(8).fill(0))
  })

  it("is at most 2 s after a connection that had lasted 5 s, and grows after that", async () => {
    const lose = async () => {
      await server.last.open("retry: 10000\n\n")
      await pass(5_000)
      await server.last.cut()
    }
    const found = await waits(top, [lose, refuse, refuse, lose])
    expect(found.map((ms) => Math.round(ms / 1000))).toEqual([2, 12, 14, 2])
  })

  it("is past `retry:` after a connection that had lasted less", async () => {
    const lose = async () => {
      await server.last.open("retry: 10000\n\n")
      await pass(4_999)
      await server.last.end()
    }
    const found = await waits(top, [lose, lose])
    expect(found.map((ms) => Math.round(ms / 1000))).toEqual([11, 12])
  })

  it("counts anew after an event with an id, and not after one without", async () => {
    const withId = async () => {
      await server.last.open("id: 1\ndata: a\n\n")
      await server.last.cut()
    }
    const without = async () => {
      await server.last.open("data: a\n\n")
      await server.last.cut()
    }
    const found = await waits(top, [refuse, refuse, without, withId, refuse])
    expect(found.map((ms) => Math.round(ms / 1000))).toEqual([1, 2, 4, 1, 2])
  })

  it.each([
    ["seconds", () => "60"],
    ["a date", () => new Date(Date.now() + 60_000).toUTCString()],
  ])("is past Retry-After as %s, for that attempt alone", async (_, header) => {
    const found = await waits(
      () => 0,
      [() => server.last.answer(503, { "retry-after": header() }), refuse],
    )
    expect(found[0]).toBeGreaterThan(58_000)
    expect(found[0]).toBeLessThanOrEqual(60_000)
    expect(found[1]).toBe(0)
  })

  it("is past the larger of `retry:` and Retry-After", async () => {
    const short = async () => {
      await server.last.open("retry: 10000\n\n")
      await server.last.cut()
    }
    const found = await waits(
      () => 0,
      [
        short,
        () => server.last.answer(503, { "retry-after": "4" }),
        () => server.last.answer(429, { "retry-after": "40" }),
      ],
    )
    expect(found).toEqual([10_000, 10_000, 40_000])
  })

  it("takes no notice of a Retry-After that is neither a number nor a date", async () => {
    expect(
      await waits(() => 0, [() => server.last.answer(503, { "retry-after": "soon" })]),
    ).toEqual([0])
  })

  it("lasts however long the server says, beyond what a timer can hold", async () => {
    open()
    await flush()
    await server.last.open("retry: 99999999999\n\n")
    await server.last.cut()
    await pass(1_000_000)
    expect(server.calls).toHaveLength(1)
  })

  it("spreads 1,000 clients over the window past the floor, on every attempt", async () => {
    const delays: number[][] = [[], [], [], [], [], []]
    server.answering = (call) => void call.answer(503, { "retry-after": "10" })
    for (let client = 0; client < 1_000; client++) {
      let attempt = 0
      const source = open({
        backoff: { random: seededRandom(client) },
        onState({ state, nextRetryAt }) {
          if (state === "waiting") delays[attempt++]?.push(Number(nextRetryAt) - Date.now())
        },
      })
      while (attempt < 6) await vi.advanceTimersToNextTimerAsync()
      source.close()
    }
    const windows = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]
    for (const [attempt, window] of windows.entries()) {
      const past = delays[attempt]?.map((ms) => ms - 10_000) ?? []
      expect(past).toHaveLength(1_000)
      expect(Math.min(...past)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...past)).toBeLessThanOrEqual(window)
      expect(Math.max(...past) - Math.min(...past)).toBeGreaterThan(0.8 * window)
      const tenths = new Set(past.map((ms) => Math.floor((10 * ms) / window)))
      expect(tenths.size).toBeGreaterThanOrEqual(10)
    }
  }, 60_000)
})

it("spreads 1,000 clients over the 2 s after a good connection, and past the time a drain asks for", async () => {
  const waits: Record<string, number[]> = { good: [], drained: [] }
  for (let client = 0; client < 1_000; client++) {
    for (const [kind, holdMs] of [
      ["good", 0],
      ["drained", 8_000],
    ] as const) {
      const source = open({ backoff: { random: seededRandom(client) } })
      await flush()
      await server.last.open()
      await pass(5_000)
      if (holdMs > 0) source.announceEnd(false, holdMs)
      await server.last.end()
      waits[kind]?.push(Number(source.state.nextRetryAt) - Date.now() - holdMs)
      source.close()
    }
  }
  for (const found of Object.values(waits)) {
    expect(found).toHaveLength(1_000)
    expect(Math.min(...found)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...found)).toBeLessThanOrEqual(2_000)
    expect(new Set(found.map((ms) => Math.floor(ms / 200))).size).toBe(10)
  }
}, 60_000)

describe("an announced end", () => {
  it("of an idle connection is no failure and not shown, twenty times", async () => {
    const source = open({
      onItem: () => source.announceEnd(true),
    })
    await flush()
    await server.last.open()
    for (let time = 1; time <= 20; time++) {
      await pass(10)
      await server.last.send("data: idle\n\n")
      await server.last.end()
      await pass(1_000)
      expect(server.calls).toHaveLength(time + 1)
      await server.last.open()
    }
    expect(states.map(({ state }) => state)).toEqual(["connecting", "open"])
    expect(source.state.retries).toBe(0)
    expect(losses).toBe(0)
  })

  it("of an idle connection that had lasted has the count start anew, as of any other", async () => {
    const source = open({
      backoff: { random: middle, maxAttempts: 2 },
      onItem: () => source.announceEnd(true),
    })
    await flush()
    for (let i = 0; i < 5; i++) {
      await server.last.answer(503)
      await pass(60_000)
      await server.last.open()
      await pass(5_000)
      await server.last.send("data: idle\n\n")
      await server.last.end()
      await pass(1_000)
    }
    await server.last.answer(503)
    expect(closedWith).toEqual([])
    expect(source.state).toMatchObject({ state: "waiting", retries: 1 })
  })

  it("of an idle connection is shown once the next attempt fails", async () => {
    const source = open({ onItem: () => source.announceEnd(true) })
    await flush()
    await server.last.open("data: idle\n\n")
    await server.last.end()
    await pass(1_000)
    await server.last.answer(503)
    expect(source.state).toMatchObject({ state: "waiting", retries: 1 })
  })

  it("holds off the next attempt, also after a connection that had lasted", async () => {
    const source = open({ onItem: () => source.announceEnd(false, 7_000) })
    await flush()
    await server.last.open()
    await pass(50_000)
    await server.last.send("data: drain\n\n")
    await server.last.end()
    await pass(7_999)
    expect(server.calls).toHaveLength(1)
    await pass(1)
    expect(server.calls).toHaveLength(2)
  })
})

describe("the watchdog", () => {
  it("ends a connection after 60 s without a byte", async () => {
    open()
    await flush()
    await server.last.open("data: a\n\n")
    await pass(59_999)
    expect(server.last.aborted).toBe(false)
    await pass(1)
    expect(server.last.aborted).toBe(true)
    await pass(1_000)
    expect(server.calls).toHaveLength(2)
  })

  it("is not put off by a clock that is set back", async () => {
    open()
    await flush()
    await server.last.open("data: a\n\n")
    vi.setSystemTime(Date.now() - 3_600_000)
    await pass(60_000)
    expect(server.last.aborted).toBe(true)
  })

  it("counts comments, and half an event, as life", async () => {
    open()
    await flush()
    await server.last.open()
    for (const text of [":keepalive\n\n", "da", "ta", ":"]) {
      await pass(59_000)
      await server.last.send(text)
    }
    await pass(59_000)
    expect(server.last.aborted).toBe(false)
  })

  it("ends a request that is never answered", async () => {
    open({ fetch: () => new Promise(() => {}) })
    await pass(60_500)
    expect(states.map(({ state }) => state)).toEqual(["connecting", "waiting", "connecting"])
  })

  it("ends a read that heeds no signal", async () => {
    const cancelled = vi.fn()
    const body = new ReadableStream<Uint8Array>({ cancel: cancelled })
    let calls = 0
    open({
      fetch: async () => {
        calls++
        return new Response(body, { headers: { "content-type": "text/event-stream" } })
      },
    })
    await pass(61_000)
    expect(cancelled).toHaveBeenCalled()
    expect(calls).toBe(2)
  })

  it("sees after a sleep of the computer that the connection is long silent", async () => {
    const page = openPage()
    open()
    await flush()
    await server.last.open("data: a\n\n")
    vi.setSystemTime(Date.now() + 3_600_000)
    page.visibility("visible")
    await flush()
    expect(server.last.aborted).toBe(true)
    await pass(1_000)
    expect(server.calls).toHaveLength(2)
    opened[0]?.close()
    page.close()
  })
})

describe("a wake-up", () => {
  let page: ReturnType<typeof openPage>
  beforeEach(() => {
    page = openPage()
  })
  afterEach(() => {
    for (const source of opened) source.close()
    page.close()
  })

  /** Fails until the next attempt is a long time away. */
  async function faraway() {
    const source = open()
    await flush()
    for (let i = 0; i < 8; i++) {
      await server.last.answer(503)
      if (i < 7) await pass(30_000)
    }
    expect(Number(source.state.nextRetryAt) - Date.now()).toBe(15_000)
    return { source, before: server.calls.length }
  }

  it.each(["online", "pageshow"])("by %s brings the next attempt within 2 s", async (event) => {
    const { source, before } = await faraway()
    page.window(event)
    expect(source.state.nextRetryAt).toBe(Date.now() + 1_000)
    await pass(1_000)
    expect(server.calls).toHaveLength(before + 1)
  })

  it("by a page that is visible again does the same, and one that hides does nothing", async () => {
    const { before } = await faraway()
    page.visibility("hidden")
    await pass(2_000)
    expect(server.calls).toHaveLength(before)
    page.visibility("visible")
    await pass(1_000)
    expect(server.calls).toHaveLength(before + 1)
  })

  it("folds with others into one attempt", async () => {
    const { source, before } = await faraway()
    page.window("online")
    const planned = source.state.nextRetryAt
    await pass(100)
    page.visibility("visible")
    page.window("pageshow")
    source.reconnect()
    expect(source.state.nextRetryAt).toBe(planned)
    await pass(900)
    page.window("online")
    page.visibility("visible")
    source.reconnect()
    await pass(3_000)
    expect(server.calls).toHaveLength(before + 1)
  })

  it("folds with others whatever they would draw", async () => {
    let draw = 0.5
    const source = open({ backoff: { random: () => draw } })
    await flush()
    for (let i = 0; i < 5; i++) {
      await server.last.answer(503)
      if (i < 4) await pass(30_000)
    }
    draw = 0.9
    page.window("online")
    const planned = source.state.nextRetryAt
    expect(planned).toBe(Date.now() + 1_800)
    draw = 0.1
    page.window("pageshow")
    page.visibility("visible")
    source.reconnect()
    expect(source.state.nextRetryAt).toBe(planned)
  })

  it("never goes before Retry-After", async () => {
    open()
    await flush()
    await server.last.answer(503, { "retry-after": "60" })
    page.window("online")
    await pass(59_999)
    opened[0]?.reconnect()
    await pass(1)
    expect(server.calls).toHaveLength(1)
    await pass(1_000)
    expect(server.calls).toHaveLength(2)
  })

  it("disturbs no connection that is open, nor puts off an attempt that is nearer", async () => {
    const source = open()
    await flush()
    await server.last.open()
    page.window("online")
    page.visibility("visible")
    await pass(10_000)
    expect(server.calls).toHaveLength(1)
    await server.last.cut()
    await pass(999)
    const planned = source.state.nextRetryAt
    page.window("online")
    expect(source.state.nextRetryAt).toBe(planned)
  })

  it("opens nothing that was given up", async () => {
    open()
    await flush()
    await server.last.answer(404)
    page.window("online")
    page.visibility("visible")
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
  })

  it("is not believed the other way: `offline` closes nothing", async () => {
    vi.stubGlobal("navigator", { onLine: false })
    open()
    await flush()
    await server.last.open()
    page.window("offline")
    await server.last.send("data: a\n\n")
    expect(data()).toEqual(["a"])
    await server.last.cut()
    await pass(1_000)
    expect(server.calls).toHaveLength(2)
    vi.unstubAllGlobals()
  })

  it("closes at pagehide and comes back at pageshow, from the last id", async () => {
    const source = open()
    await flush()
    await server.last.open("id: 3\ndata: a\n\n")
    page.window("pagehide")
    expect(server.last.aborted).toBe(true)
    expect(source.state).toMatchObject({ state: "waiting", nextRetryAt: null })
    await pass(3_600_000)
    expect(server.calls).toHaveLength(1)
    page.window("pageshow")
    page.visibility("visible")
    await pass(1_000)
    expect(server.calls).toHaveLength(2)
    expect(server.last.lastEventId).toBe("3")
  })

  it("hears nothing more of the page once closed", async () => {
    const source = open()
    await flush()
    source.close()
    page.window("pageshow")
    page.window("online")
    await pass(100_000)
    expect(server.calls).toHaveLength(1)
  })
})

describe("reconnect()", () => {
  it("connects anew, from the last id, also where the connection seemed good", async () => {
    const source = open()
    await flush()
    await server.last.open("id: 3\ndata: a\n\n")
    source.reconnect()
    expect(server.last.aborted).toBe(true)
    await pass(1_000)
    expect(server.calls).toHaveLength(2)
    expect(server.last.lastEventId).toBe("3")
  })

  it("leaves an attempt under way alone", async () => {
    const source = open()
    await flush()
    source.reconnect()
    await pass(5_000)
    expect(server.calls).toHaveLength(1)
  })

  it("opens nothing after close()", async () => {
    const source = open()
    await flush()
    source.close()
    source.reconnect()
    await pass(5_000)
    expect(server.calls).toHaveLength(1)
    expect(source.state.state).toBe("closed")
  })
})

describe("a token", () => {
  const secret = "s3cret"
  it("is in no error, whatever happens to the request", async () => {
    open({ headers: { authorization: `Bearer ${secret}\n${secret}` } })
    await flush()
    open({ headers: async () => ({ authorization: `${secret}\0` }) })
    await flush()
    open({ headers: { authorization: secret } })
    await flush()
    await server.last.answer(403)
    expect(closedWith).toHaveLength(3)
    for (const error of closedWith) {
      expect(`${error?.stack}${JSON.stringify(error)}${String(error?.cause)}`).not.toContain(secret)
    }
    for (const call of server.calls) expect(call.url).not.toContain(secret)
  })
})
