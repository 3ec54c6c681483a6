import { describe, expect, it, vi } from "vitest"
import { flush, pass } from "../scriptedServer.js"
import {
  closedWith,
  data,
  events,
  onEvent,
  open,
  opened,
  server,
  states,
  withScriptedServer,
} from "./openSource.js"

withScriptedServer()

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
