import { describe, expect, it, vi } from "vitest"
import { createEventSource } from "../../src/sse/index.js"
import { seededRandom } from "../random.js"
import { flush, pass } from "../scriptedServer.js"
import {
  closedWith,
  data,
  events,
  losses,
  middle,
  open,
  opened,
  server,
  withScriptedServer,
} from "./openSource.js"

withScriptedServer()

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
