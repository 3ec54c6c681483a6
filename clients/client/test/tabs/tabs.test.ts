import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createClient, type From } from "../../src/index.js"
import { tabs } from "../../src/tabs/index.js"
import { complete, control, delta, error, event, first, partial } from "../frames.js"
import { openPage } from "../page.js"
import { flush, pass, ScriptedServer } from "../scriptedServer.js"

/** Messages and locks of a browser, for as many tabs as a test opens. Timers are of the test. */
class Browser {
  readonly channels = new Map<string, Set<FakeChannel>>()
  readonly lines = new Map<string, (() => void)[]>()
  /** Everything that was ever said. */
  readonly said: unknown[] = []
  silent = false

  readonly locks = {
    request: async (
      name: string,
      { signal }: { signal: AbortSignal },
      hold: () => Promise<void>,
    ) => {
      const line = this.lines.get(name) ?? []
      this.lines.set(name, line)
      await new Promise<void>((resolve, reject) => {
        line.push(resolve)
        signal.addEventListener("abort", () => {
          const at = line.indexOf(resolve)
          if (at > 0) line.splice(at, 1)
          reject(signal.reason)
        })
        if (line[0] === resolve) resolve()
      })
      await hold()
      line.shift()
      line[0]?.()
    },
    query: async () => ({
      pending: [...this.lines].flatMap(([name, line]) => line.slice(1).map(() => ({ name }))),
    }),
  }
}
let browser: Browser

class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | undefined
  constructor(readonly name: string) {
    if (!browser.channels.has(name)) browser.channels.set(name, new Set())
    browser.channels.get(name)?.add(this)
  }
  postMessage(data: unknown) {
    const copy = structuredClone(data)
    browser.said.push(copy)
    if (browser.silent) return
    for (const other of browser.channels.get(this.name) ?? []) {
      if (other !== this) queueMicrotask(() => other.onmessage?.({ data: copy }))
    }
  }
  close() {
    browser.channels.get(this.name)?.delete(this)
    this.onmessage = undefined
  }
}

let page: ReturnType<typeof openPage>
const opened: { close(): void }[] = []

beforeEach(() => {
  vi.useFakeTimers()
  page = openPage()
  browser = new Browser()
  vi.stubGlobal("BroadcastChannel", FakeChannel)
  vi.stubGlobal("navigator", { locks: browser.locks })
  vi.stubGlobal("isSecureContext", true)
  vi.stubGlobal("location", new URL("https://page/"))
})
afterEach(async () => {
  for (const tab of opened.splice(0)) tab.close()
  await flush()
  expect(vi.getTimerCount()).toBe(0)
  expect([...browser.lines.values()].flat()).toEqual([])
  page.close()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** One tab that follows the run, with a way to the server of its own. */
function openTab(
  options: {
    key?: string
    token?: string
    share?: boolean
    from?: From
    signal?: AbortSignal
    maxAttempts?: number
  } = {},
) {
  const server = new ScriptedServer()
  const events: string[] = []
  const client = createClient({
    baseUrl: "/api/agents",
    fetch: server.fetch,
    headers: { authorization: options.token ?? "s3cret" },
    backoff: { random: () => 0.5, maxAttempts: options.maxAttempts ?? 100 },
    ...(options.share !== false && { share: { key: options.key ?? "ada", tabs } }),
  })
  const stream = client.createAgentStream("r", {
    from: options.from,
    signal: options.signal,
    onEvent: ({ id }) => events.push(id),
  })
  const leave = stream.subscribe(() => {})
  const tab = {
    server,
    stream,
    leave,
    events,
    shown: () => stream.getSnapshot(),
    close: () => stream.close(),
  }
  opened.push(tab)
  return tab
}

const isOpen = ({ server }: ReturnType<typeof openTab>) =>
  server.calls.length > 0 && !server.last.aborted

/** A leader and a follower, both with the first two events. */
async function openTwo() {
  const one = openTab()
  await flush()
  await one.server.last.open(first({ lastEventId: "5-2" }) + delta(1, "a") + delta(2, "b"))
  const two = openTab()
  await flush()
  await two.server.last.open(first({ lastEventId: "5-2" }) + delta(1, "a") + delta(2, "b"))
  await pass(2_000)
  return { one, two }
}

describe("tabs that share", () => {
  it("have one connection: a follower replays from the server, then hears the leader", async () => {
    const { one, two } = await openTwo()
    expect([isOpen(one), isOpen(two)]).toEqual([true, false])
    expect(two.shown()).toMatchObject({ status: "running", connection: { state: "open" } })
    await one.server.last.send(delta(3, "c") + partial(4, "abc"))
    await one.server.last.send(complete(5, { n: 1 }))
    for (const tab of [one, two]) {
      expect(tab.shown()).toMatchObject({
        status: "completed",
        partials: [{ text: "abc" }],
        result: { n: 1 },
        connection: { state: "closed" },
      })
      expect(tab.events).toEqual(["5-1", "5-2", "5-3", "5-4", "5-5"])
    }
    expect(two.server.calls).toHaveLength(1)
  })

  it("keep a follower on its own stream until it has all that the leader has", async () => {
    const one = openTab()
    await flush()
    await one.server.last.open(first() + delta(1, "a") + delta(2, "b") + delta(3, "c"))
    const two = openTab()
    await flush()
    await two.server.last.open(first() + delta(1, "a"))
    await one.server.last.send(delta(4, "d"))
    await pass(2_000)
    expect(isOpen(two)).toBe(true)
    await two.server.last.send(delta(2, "b") + delta(3, "c") + delta(4, "d"))
    await pass(2_000)
    expect(isOpen(two)).toBe(false)
    await one.server.last.send(delta(5, "e"))
    expect(two.shown().partials).toHaveLength(5)
  })

  it("apply once what a follower has had from the server before the leader", async () => {
    const one = openTab()
    await flush()
    await one.server.last.open(first() + delta(1, "a"))
    const two = openTab()
    await flush()
    await two.server.last.open(first() + delta(1, "a") + delta(2, "b"))
    await one.server.last.send(delta(2, "b") + delta(3, "c"))
    await pass(2_000)
    expect(isOpen(two)).toBe(false)
    expect(two.events).toEqual(["5-1", "5-2", "5-3"])
  })

  it("let one that begins at the end hear from the server first how the run stands", async () => {
    const one = openTab()
    await flush()
    await one.server.last.open(first({ lastEventId: "5-2" }) + delta(1, "a") + delta(2, "b"))
    const two = openTab({ from: { lastEventId: "5-2" } })
    await pass(4_000)
    expect(isOpen(two)).toBe(true)
    await two.server.last.open(first({ resume: "resumed", lastEventId: "5-2" }))
    await pass(2_000)
    expect(isOpen(two)).toBe(false)
    expect(two.shown().status).toBe("running")
    await one.server.last.send(delta(3, "c"))
    expect(two.events).toEqual(["5-3"])
  })

  it("that begin elsewhere than each other each have all of what they asked for", async () => {
    const one = openTab({ from: "latest" })
    await flush()
    await one.server.last.answer(200, {}, '{"state":"running","lastEventId":"5-2"}')
    const two = openTab()
    await flush()
    // Both know how the run stands, and the past is still on its way to the second.
    await two.server.last.open(first({ lastEventId: "5-2" }))
    await pass(4_000)
    expect(isOpen(two)).toBe(true)
    await one.server.last.open(first({ resume: "resumed", lastEventId: "5-2" }))
    await pass(4_000)
    expect(isOpen(two)).toBe(true)
    await two.server.last.send(delta(1, "a") + delta(2, "b"))
    await pass(2_000)
    expect([isOpen(one), isOpen(two)]).toEqual([true, false])
    await one.server.last.send(delta(3, "c"))
    expect(two.events).toEqual(["5-1", "5-2", "5-3"])
    expect(one.events).toEqual(["5-3"])
  })

  it("say no token and no header to each other", async () => {
    const { one } = await openTwo()
    await one.server.last.send(delta(3, "c"))
    await one.server.last.send(error(4, { message: "no" }))
    expect(browser.said.length).toBeGreaterThan(3)
    expect(JSON.stringify(browser.said)).not.toMatch(/s3cret|authorization/i)
  })

  it("are those of one user at one server: both are in the names", async () => {
    const one = openTab({ key: "ada" })
    const two = openTab({ key: "bob" })
    await flush()
    await one.server.last.open(first() + delta(1, "hers"))
    await two.server.last.open(first() + delta(1, "his"))
    await pass(10_000)
    expect([isOpen(one), isOpen(two)]).toEqual([true, true])
    const names = [...browser.channels.keys()]
    expect(names).toHaveLength(2)
    expect(names[0]).toContain("ada")
    expect(names[0]).toContain("https://page/api/agents")
    expect([...browser.lines.keys()]).toEqual(names)
  })

  it("each follow for themselves without `share`, outside of pages, of secure contexts, without locks", async () => {
    openTab({ share: false })
    for (const gone of [{ isSecureContext: false }, { navigator: {} }, { document: undefined }]) {
      for (const [name, value] of Object.entries(gone)) vi.stubGlobal(name, value)
      const tab = openTab()
      await flush()
      expect(isOpen(tab)).toBe(true)
      vi.stubGlobal("navigator", { locks: browser.locks })
      vi.stubGlobal("isSecureContext", true)
      vi.stubGlobal("document", { visibilityState: "visible" })
    }
    expect(browser.channels.size).toBe(0)
    expect(browser.lines.size).toBe(0)
  })

  it("show a follower how the leader's connection stands", async () => {
    const { one, two } = await openTwo()
    await one.server.last.cut()
    expect(two.shown().connection).toMatchObject({ state: "waiting", retries: 1 })
    expect(Object.isFrozen(two.shown().connection)).toBe(true)
    await pass(20_000)
    await one.server.last.open(first({ resume: "resumed" }))
    expect(two.shown().connection.state).toBe("open")
  })

  it("pass on gaps and resets", async () => {
    const { one, two } = await openTwo()
    await one.server.last.send(
      control({ state: "running", attempt: 1, gap: { from: "5-3", to: "5-8" } }) + delta(9, "x"),
    )
    expect(two.shown()).toMatchObject({
      isIncomplete: true,
      gaps: [{ from: "5-3" }],
      lastEventId: "5-9",
    })
    await one.server.last.cut()
    await pass(20_000)
    await one.server.last.open(first({ resume: "reset" }) + event("6-1", "delta", 1))
    expect(two.shown()).toMatchObject({ partials: [1], lastEventId: "6-1", gaps: [] })
    expect(two.server.calls).toHaveLength(1)
  })
})

describe("a follower", () => {
  it("that hears nothing for 5 s opens its own stream from its own id", async () => {
    const { one, two } = await openTwo()
    browser.silent = true
    await pass(4_900)
    expect(isOpen(two)).toBe(false)
    await pass(2_000)
    expect(isOpen(two)).toBe(true)
    expect(two.server.last.lastEventId).toBe("5-2")
    await two.server.last.open(first({ resume: "resumed", lastEventId: "5-2" }))
    browser.silent = false
    await pass(2_000)
    expect([isOpen(one), isOpen(two)]).toEqual([true, false])
  })

  it("that has missed a reset keeps nothing of the old log", async () => {
    const { one, two } = await openTwo()
    await one.server.last.cut()
    await pass(20_000)
    browser.silent = true
    await one.server.last.open(first({ resume: "reset", lastEventId: "6-1" }))
    browser.silent = false
    await one.server.last.send(event("6-1", "delta", 1))
    expect(two.shown()).toMatchObject({ partials: [1], lastEventId: "6-1" })
  })

  it("that its signal ends shows that it is closed", async () => {
    const { one } = await openTwo()
    const abort = new AbortController()
    const three = openTab({ signal: abort.signal })
    await flush()
    await three.server.last.open(first({ lastEventId: "5-2" }) + delta(1, "a") + delta(2, "b"))
    await pass(2_000)
    expect(isOpen(three)).toBe(false)
    abort.abort()
    await flush()
    expect(three.shown().connection.state).toBe("closed")
    await one.server.last.send(delta(3, "c"))
    expect(three.events).toEqual(["5-1", "5-2"])
  })

  it("connects by reconnect() though the leader waits for longer", async () => {
    const { one, two } = await openTwo()
    await one.server.last.cut()
    two.stream.reconnect()
    // A newcomer has the leader say how long that is.
    openTab()
    await pass(2_000)
    expect([one.server.calls.length, two.server.calls.length]).toEqual([1, 2])
  })

  it("connects within 2 s of reconnect(), and has the leader's again after that", async () => {
    const { one, two } = await openTwo()
    two.stream.reconnect()
    await pass(999)
    expect(isOpen(two)).toBe(false)
    await pass(1)
    expect(isOpen(two)).toBe(true)
    expect(two.server.last.lastEventId).toBe("5-2")
    await two.server.last.open(first({ resume: "resumed", lastEventId: "5-2" }))
    await pass(2_000)
    expect([isOpen(one), isOpen(two)]).toEqual([true, false])
  })

  it("that has missed something opens its own stream from its own id", async () => {
    const { one, two } = await openTwo()
    browser.silent = true
    await one.server.last.send(delta(3, "c"))
    browser.silent = false
    await one.server.last.send(delta(4, "d"))
    expect(isOpen(two)).toBe(true)
    expect(two.server.last.lastEventId).toBe("5-2")
    await two.server.last.open(first({ resume: "resumed" }) + delta(3, "c") + delta(4, "d"))
    expect(two.events).toEqual(["5-1", "5-2", "5-3", "5-4"])
  })

  it("cancels by a request of its own", async () => {
    const { two } = await openTwo()
    const cancelled = two.stream.cancel()
    await flush()
    expect(two.server.last.method).toBe("DELETE")
    expect(two.server.last.headers.get("authorization")).toBe("s3cret")
    await two.server.last.answer(204, { "run-state": "cancelling" })
    expect(await cancelled).toBe("cancelling")
  })

  it("leads when the leader closes", async () => {
    const { one, two } = await openTwo()
    one.stream.close()
    await flush()
    expect(isOpen(two)).toBe(true)
    expect(two.server.last.lastEventId).toBe("5-2")
  })

  it("leads when the leader has nobody left to show it to", async () => {
    const { one, two } = await openTwo()
    one.leave()
    await pass(1_000)
    expect([isOpen(one), isOpen(two)]).toEqual([false, true])
    expect(one.shown().connection.state).toBe("idle")
    one.stream.subscribe(() => {})
    await flush()
    await one.server.last.open(first({ resume: "resumed", lastEventId: "5-2" }))
    await two.server.last.open(first({ resume: "resumed", lastEventId: "5-2" }))
    await pass(2_000)
    expect([isOpen(one), isOpen(two)]).toEqual([false, true])
  })
})

describe("a leader", () => {
  it("that hides hands over to who waits", async () => {
    const { one, two } = await openTwo()
    page.visibility("hidden")
    await flush()
    expect([isOpen(one), isOpen(two)]).toEqual([false, true])
    await two.server.last.open(first({ resume: "resumed", lastEventId: "5-2" }) + delta(3, "c"))
    expect(one.shown().partials).toHaveLength(3)
    expect(one.server.calls).toHaveLength(1)
  })

  it("that hides alone keeps its stream", async () => {
    const one = openTab()
    await flush()
    await one.server.last.open(first())
    page.visibility("hidden")
    await pass(10_000)
    expect(isOpen(one)).toBe(true)
    expect(one.server.calls).toHaveLength(1)
  })

  it("that gets pagehide releases all, and joins again at pageshow", async () => {
    const one = openTab()
    await flush()
    await one.server.last.open(first() + delta(1, "a"))
    page.window("pagehide")
    await flush()
    expect(isOpen(one)).toBe(false)
    expect([...browser.channels.values()].map((channels) => channels.size)).toEqual([0])
    expect([...browser.lines.values()].flat()).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
    expect(one.shown().connection.state).toBe("waiting")
    page.window("pageshow")
    await pass(999)
    expect(one.server.calls).toHaveLength(1)
    await pass(1)
    expect(one.server.last.lastEventId).toBe("5-1")
  })

  it("comes back no sooner than the server allows", async () => {
    const one = openTab()
    await flush()
    await one.server.last.answer(503, { "retry-after": "60" })
    one.leave()
    await pass(2_000)
    const leave = one.stream.subscribe(() => {})
    page.window("pagehide")
    page.window("pageshow")
    await pass(57_999)
    expect(one.server.calls).toHaveLength(1)
    await pass(2_000)
    expect(one.server.calls).toHaveLength(2)
    leave()
  })

  it("that has given up comes back no sooner than the server allows either", async () => {
    const one = openTab({ maxAttempts: 1 })
    await flush()
    await one.server.last.answer(503, { "retry-after": "60" })
    expect(one.shown().connection.state).toBe("closed")
    one.stream.reconnect()
    await pass(60_000)
    expect(one.server.calls).toHaveLength(1)
    await pass(1_000)
    expect(one.server.calls).toHaveLength(2)
    expect([...browser.lines.values()].flat()).toHaveLength(1)
  })

  it("that is refused asks no more when the page is shown", async () => {
    const one = openTab()
    await flush()
    await one.server.last.problem(403, "forbidden-origin")
    page.window("pageshow")
    await pass(10_000)
    expect(one.server.calls).toHaveLength(1)
    one.stream.reconnect()
    await pass(2_000)
    expect(one.server.calls).toHaveLength(2)
  })

  it("leaves its wait to who leads after it", async () => {
    const { one, two } = await openTwo()
    await one.server.last.cut()
    const { nextRetryAt } = two.shown().connection
    one.close()
    await pass(Number(nextRetryAt) - Date.now() - 1)
    expect(two.server.calls).toHaveLength(1)
    await pass(1)
    expect(two.server.calls).toHaveLength(2)
  })

  it("whose stream is refused leaves the others to try for themselves", async () => {
    const { one, two } = await openTwo()
    await one.server.last.cut()
    await pass(20_000)
    await one.server.last.problem(403, "forbidden-origin")
    expect(one.shown().error).toMatchObject({ status: 403 })
    expect(isOpen(two)).toBe(true)
  })
})
