import { describe, expect, it, vi } from "vitest"
import { openPage } from "../page.js"
import { flush, pass } from "../scriptedServer.js"
import {
  closedWith,
  losses,
  middle,
  open,
  opened,
  server,
  states,
  withScriptedServer,
} from "./openSource.js"

withScriptedServer()

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
