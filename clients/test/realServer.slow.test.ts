import { createClient, type RunItem } from "@runstream/client"
import { createEventSource, type SseEvent } from "@runstream/client/sse"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { seededRandom } from "../client/test/random.js"
import { RunstreamServer } from "./runstreamServer.js"
import { TcpProxy } from "./tcpProxy.js"
import { eventually, until } from "./until.js"

let server: RunstreamServer
let proxy: TcpProxy
const logged: unknown[][] = []

/** Waits for nothing before it tries again, so that a test is not slower than what it tests. */
const client = () =>
  createClient({
    baseUrl: proxy.baseUrl,
    backoff: { random: () => 0, softMs: 0 },
    logger: { error: (...call: unknown[]) => logged.push(call) },
  })
const sequence = (items: readonly RunItem[]) =>
  items.flatMap((item) => ("id" in item ? [Number(item.id.split("-")[1])] : []))
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

beforeAll(async () => {
  server = await RunstreamServer.start(
    "--slow-reader-timeout",
    "1s",
    "--max-event",
    "2MB",
    "--idle-timeout",
    "300ms",
    "--run-buffer",
    "64MB",
  )
}, 120_000)
afterAll(() => server?.stop())
beforeEach(async () => {
  proxy = await TcpProxy.to(() => server.port)
  proxy.hastening = true
  logged.length = 0
})
afterEach(() => proxy.close())

describe("against a real server behind a proxy", () => {
  it("starts, looks at, lists, and reads the result of a run", async () => {
    const runs = client()
    const started = await runs.startRun({ agent: "fund-scenario", input: { paths: 200, seed: 1 } })
    expect(started).toMatchObject({ agent: "fund-scenario" })
    const items: RunItem[] = []
    for await (const item of runs.iterateRun(started.runId)) items.push(item)
    expect(items.at(-1)).toMatchObject({ type: "complete" })
    await expect
      .poll(() => runs.getRun(started.runId), { timeout: 15_000 })
      .toMatchObject({ state: "completed", readers: 0 })
    expect(await runs.getResult(started.runId)).toEqual((items.at(-1) as { data: unknown }).data)
    const { runs: listed } = await runs.listRuns({ agent: "fund-scenario", limit: 1 })
    expect(listed[0]?.runId).toBe(started.runId)
    expect(await runs.cancelRun(started.runId)).toBe("completed")
    await expect(runs.getRun("nope")).rejects.toMatchObject({ code: "run-not-found", status: 404 })
    await expect(
      runs.startRun({ agent: "fund-scenario", input: { paths: -1, nonsense: 1 } }),
    ).rejects.toMatchObject({
      code: "invalid-input",
      errors: expect.arrayContaining([{ field: "nonsense", message: expect.any(String) }]),
    })
  })

  it("starts one run although the answer is lost on the way", async () => {
    let cuts = 2
    proxy.cutAfter = () => (cuts-- > 0 ? 10 : Number.POSITIVE_INFINITY)
    const { runId } = await client().startRun({ agent: "external", input: { once: true } })
    expect(proxy.requests.length).toBeGreaterThanOrEqual(2)
    const { runs } = await client().listRuns({ agent: "external" })
    const same = runs.filter((run) => run.createdAt === runs[0]?.createdAt)
    expect(runs[0]?.runId).toBe(runId)
    expect(same).toHaveLength(1)
  })

  it("loses and doubles nothing, wherever its connections are cut", async () => {
    const runId = await server.startExternal()
    await server.publish(
      runId,
      ...upTo(150).map((n) => ["delta", { n, text: "ä€😀".repeat(n % 20) }] as const),
    )
    await server.publish(runId, ["complete", { done: true }])
    const random = seededRandom(42)
    proxy.cutAfter = () => 300 + Math.floor(random() * 2_500)
    const items: RunItem[] = []
    for await (const item of client().iterateRun(runId)) items.push(item)
    expect(sequence(items)).toEqual(upTo(152))
    expect(proxy.streams.length).toBeGreaterThan(3)
  })

  it("takes its time on a slow way, on which connections end too early and calls are answered late", async () => {
    proxy.delayMs = 40
    const random = seededRandom(3)
    proxy.cutAfter = () => 500 + Math.floor(random() * 3_000)
    const runs = client()
    const { runId } = await runs.startRun({ agent: "external" })
    const items: RunItem[] = []
    const read = (async () => {
      for await (const item of runs.iterateRun(runId)) items.push(item)
    })()
    for (let n = 1; n <= 40; n++) await server.publish(runId, ["delta", { n, text: "€".repeat(n) }])
    await server.publish(runId, ["complete", {}])
    await read
    expect(sequence(items)).toEqual(upTo(42))
    expect(await runs.getResult(runId)).toEqual({})
  })

  it("does the same as a stream, while events are written", async () => {
    const runId = await server.startExternal()
    const random = seededRandom(7)
    proxy.cutAfter = () => 400 + Math.floor(random() * 1_500)
    const ids: number[] = []
    const stream = client().createAgentStream(runId, {
      onEvent: ({ id }) => ids.push(Number(id.split("-")[1])),
    })
    const ended = until(stream, ({ isEnded }) => isEnded)
    for (let n = 1; n <= 60; n++) await server.publish(runId, ["delta", { n }])
    await server.publish(runId, ["complete", {}])
    const snapshot = await ended
    expect(ids).toEqual(upTo(62))
    expect(snapshot).toMatchObject({
      status: "completed",
      gaps: [],
      isIncomplete: false,
      error: null,
    })
    expect(snapshot.deltas).toEqual(upTo(60).map((n) => ({ n })))
    stream.close()
  })

  it("resumes after kill -9 and a restart, from the last id it had", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", { n: 1 }], ["delta", { n: 2 }])
    const stream = client().createAgentStream(runId)
    const leave = stream.subscribe(() => {})
    await until(stream, ({ deltas }) => deltas.length === 2)
    const { lastEventId } = stream.getSnapshot()
    await server.kill()
    await eventually(() => stream.getSnapshot().connection.state === "waiting")
    await server.restart()
    await server.publish(runId, ["delta", { n: 3 }], ["complete", {}])
    const snapshot = await until(stream, ({ isEnded }) => isEnded)
    expect(snapshot.deltas).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect(proxy.positions.at(-1)).toBe(lastEventId)
    leave()
  }, 60_000)

  it("is told an idle close twenty times, and shows none", async () => {
    const runId = await server.startExternal()
    const stream = client().createAgentStream(runId)
    const shown = new Set<string>()
    const leave = stream.subscribe(() => {
      const { state, retries } = stream.getSnapshot().connection
      shown.add(`${state} ${retries}`)
    })
    await eventually(() => proxy.streams.length > 20)
    expect(shown).toEqual(new Set(["connecting 0", "open 0"]))
    expect(logged).toEqual([])
    leave()
    stream.close()
  }, 60_000)

  it("reads on after the server has cut it for being slow, from the last event consumed", async () => {
    const runId = await server.startExternal()
    // More than all the buffers between take.
    const text = "x".repeat(400_000)
    for (let n = 1; n <= 100; n++) await server.publish(runId, ["delta", { n, text }])
    await server.publish(runId, ["complete", {}])
    const items: RunItem[] = []
    for await (const item of client().iterateRun(runId)) {
      items.push(item)
      if (items.length === 3) await eventually(async () => (await server.look(runId)).readers === 0)
    }
    expect(sequence(items)).toEqual(upTo(102))
    expect(proxy.streams.length).toBeGreaterThan(1)
  }, 60_000)

  it("passes over an event that is larger than it takes, and asks for it no more", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", { text: "x".repeat(1_500_000) }])
    await server.publish(runId, ["delta", { n: 2 }], ["complete", {}])
    const stream = client().createAgentStream(runId)
    const snapshot = await until(stream, ({ isEnded }) => isEnded)
    expect(snapshot).toMatchObject({
      status: "completed",
      deltas: [{ n: 2 }],
      isIncomplete: true,
      gaps: [{ reason: "oversized" }],
    })
    expect(proxy.streams).toHaveLength(1)
  })

  it("begins from the terminal event's own id all the same, and from what is no id", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", { n: 1 }], ["complete", { ok: 1 }])
    const { lastEventId } = await server.look(runId)
    for (const from of [{ lastEventId }, { lastEventId: "nonsense" }]) {
      const stream = client().createAgentStream(runId, { from })
      const snapshot = await until(stream, ({ isEnded }) => isEnded)
      expect(snapshot).toMatchObject({ status: "completed", result: { ok: 1 }, deltas: [{ n: 1 }] })
    }
    const items: RunItem[] = []
    for await (const item of client().iterateRun(runId, { from: "latest" })) items.push(item)
    expect(items).toMatchObject([{ type: "complete" }])
  })

  it("gives up a connection on which nothing comes any more, and reads on with the next", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", { n: 1 }])
    const events: SseEvent[] = []
    const source = createEventSource(`${proxy.baseUrl}/stream/${runId}`, {
      silenceMs: 250,
      backoff: { random: () => 0, softMs: 0 },
      onItem: (item) => void (item.kind === "event" && item.id && events.push(item)),
    })
    await eventually(() => events.length === 2)
    proxy.stalling = true
    await server.publish(runId, ["delta", { n: 2 }])
    await eventually(() => proxy.streams.length > 2)
    proxy.stalling = false
    await eventually(() => events.length === 3)
    expect(events.map((event) => event.data).slice(1)).toEqual(['{"n":1}', '{"n":2}'])
    source.close()
  }, 30_000)

  it("tells what was evicted as a gap, and a later partial heals it", async () => {
    const small = await RunstreamServer.start(
      "--store",
      "memory",
      "--max-event",
      "1KB",
      "--run-buffer",
      "4KB",
    )
    try {
      const runId = await small.startExternal()
      const text = "x".repeat(500)
      for (let n = 1; n <= 20; n++) await small.publish(runId, ["delta", { n, text }])
      const stream = createClient({ baseUrl: small.baseUrl }).createAgentStream(runId)
      const leave = stream.subscribe(() => {})
      const before = await until(stream, ({ deltas }) => deltas.length > 0)
      expect(before).toMatchObject({ isIncomplete: true, gaps: [{ reason: "missed" }] })
      await small.publish(runId, ["partial", "all"])
      const healed = await until(stream, ({ partial }) => partial !== undefined)
      expect(healed).toMatchObject({ isIncomplete: false, partials: ["all"] })
      leave()
      stream.close()
    } finally {
      await small.stop()
    }
  }, 60_000)

  it("cancels through answers that are lost, and follows to the end", async () => {
    const runId = await server.startExternal()
    const stream = client().createAgentStream(runId)
    const leave = stream.subscribe(() => {})
    await until(stream, ({ status }) => status === "running")
    let cuts = 2
    proxy.cutAfter = () => (cuts-- > 0 ? 0 : Number.POSITIVE_INFINITY)
    const cancelled = stream.cancel()
    expect(stream.getSnapshot().status).toBe("cancelling")
    expect(await cancelled).toBe("cancelling")
    await server.publish(runId, ["error", { message: "stopped" }])
    const ended = await until(stream, ({ isEnded }) => isEnded)
    expect(ended).toMatchObject({ status: "cancelled", error: null })
    leave()
  })
})
