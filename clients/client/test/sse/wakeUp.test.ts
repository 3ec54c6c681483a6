import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { openPage } from "../page.js"
import { flush, pass } from "../scriptedServer.js"
import { data, open, opened, server, withScriptedServer } from "./openSource.js"

withScriptedServer()

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
