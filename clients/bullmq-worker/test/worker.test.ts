import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { withRun } from "../src/index.js"
import { RedisServer } from "./redisServer.js"
import { gate, TestQueue } from "./testQueue.js"

let redis: RedisServer
let queue: TestQueue
beforeAll(async () => {
  redis = await RedisServer.start()
})
afterAll(() => redis.stop())
beforeEach(() => {
  queue = new TestQueue(redis)
})
afterEach(() => queue.close())

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

describe("a wrapped processor", () => {
  it("declares the three parameters without which BullMQ makes no signal", () => {
    expect(withRun(async () => {}, { connection: redis.connection })).toHaveLength(3)
  })

  it("sends what it is given in order, in batches, and then ends with its result", async () => {
    queue.work(
      withRun(
        async (_job, run) => {
          await run.status("loading")
          for (let n = 0; n < 200; n++) await run.delta({ n })
          await run.partial({ sum: 19_900 })
          await run.status({ message: "done", progress: { done: 200, total: 200 } })
          return { sum: 19_900 }
        },
        { connection: redis.connection },
      ),
    )
    const ended = await queue.run()
    expect(ended.events).toEqual([
      { type: "status", data: { message: "loading" } },
      ...upTo(200).map((n) => ({ type: "delta", data: { n } })),
      { type: "partial", data: { sum: 19_900 } },
      { type: "status", data: { message: "done", progress: { done: 200, total: 200 } } },
    ])
    expect(ended.progress.length).toBeLessThanOrEqual(2)
    expect(ended).toMatchObject({ end: "completed", result: { sum: 19_900 } })
  })

  it("keeps each batch within 64 KiB, and lets a larger event go alone", async () => {
    const text = "ä".repeat(5_000)
    queue.work(
      withRun(
        async (_job, run) => {
          for (let n = 0; n < 40; n++) void run.delta({ n, text })
          void run.partial("x".repeat(200_000))
          void run.delta("after")
        },
        { connection: redis.connection },
      ),
    )
    const ended = await queue.run()
    expect(ended.events).toHaveLength(42)
    expect(ended.events.slice(0, 40).map(({ data }) => (data as { n: number }).n)).toEqual(upTo(40))
    expect(ended.events[41]).toEqual({ type: "delta", data: "after" })
    const sizes = ended.progress.map((json) => Buffer.byteLength(json))
    expect(sizes.filter((size) => size > 64 * 1024)).toHaveLength(1)
    expect(sizes.filter((size) => size > 56 * 1024)).toHaveLength(7)
  })

  it("sends 100,000 events handed in at once, none lost and none turned round", async () => {
    queue.work(
      withRun(
        async (_job, run) => {
          for (let n = 0; n < 100_000; n++) void run.delta({ n, text: "some words" })
          return "all"
        },
        { connection: redis.connection },
      ),
    )
    const ended = await queue.run()
    expect(ended.result).toBe("all")
    expect(ended.events.map(({ data }) => (data as { n: number }).n)).toEqual(upTo(100_000))
    expect(ended.progress.length).toBeLessThan(120)
  })

  it("has its last batch delivered before it fails", async () => {
    queue.work(
      withRun(
        async (_job, run) => {
          void run.delta("the last words")
          throw new Error("no more")
        },
        { connection: redis.connection },
      ),
    )
    const ended = await queue.run()
    expect(ended.events).toEqual([{ type: "delta", data: "the last words" }])
    expect(ended).toMatchObject({ end: "failed", failedReason: "no more" })
  })

  it.each([
    [null, "The processor threw null"],
    [undefined, "The processor threw undefined"],
    ["a text", "a text"],
    [{ code: 7 }, "The processor threw { code: 7 }"],
  ])("fails and is tried again where %o is thrown, which is no error", async (thrown, reason) => {
    queue.work(
      withRun(
        async () => {
          throw thrown
        },
        { connection: redis.connection },
      ),
    )
    const ended = await queue.run({ attempts: 2 })
    expect(ended).toMatchObject({ end: "failed", failedReason: reason, starts: 2 })
  })

  it("takes what an object was when it was handed in", async () => {
    queue.work(
      withRun(
        async (_job, run) => {
          const state = { n: 1 }
          void run.delta(state)
          state.n = 2
          void run.delta(state)
        },
        { connection: redis.connection },
      ),
    )
    expect((await queue.run()).events.map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }])
  })

  it("sends nothing after its end, and warns of who tries", async () => {
    const { open, opened } = gate()
    const late = gate<Promise<void>>()
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve))
    queue.work(
      withRun(
        async (_job, run) => {
          void opened.then(() => late.open(run.delta("too late")))
          await run.delta("in time")
        },
        { connection: redis.connection },
      ),
    )
    await queue.run({ jobId: "late" })
    open()
    await late.opened
    expect(await warned).toMatchObject({
      code: "RUNSTREAM_LATE_EVENT",
      message: expect.stringContaining(`${queue.name}:late`),
    })
    const entries = await queue.entries("late")
    expect(entries.filter(({ event }) => event === "progress")).toHaveLength(1)
  })

  it("tells its author when a batch could not be delivered", async () => {
    const seen = gate<unknown>()
    queue.work(
      withRun(
        async (job, run) => {
          await run.delta("before")
          await redis.client.del(queue.key(String(job.id)))
          try {
            for (;;) {
              await run.delta("x".repeat(60_000))
              await new Promise((resolve) => setImmediate(resolve))
            }
          } catch (error) {
            seen.open(error)
            throw error
          }
        },
        { connection: redis.connection },
      ),
    )
    await queue.queue.add("job", {})
    expect(await seen.opened).toMatchObject({ message: expect.stringMatching(/Missing key/) })
  })

  it("fails when a batch that nobody awaited could not be delivered", async () => {
    const worker = queue.work(
      withRun(
        async (job, run) => {
          await redis.client.del(queue.key(String(job.id)))
          void run.delta("lost")
          return "fine"
        },
        { connection: redis.connection },
      ),
    )
    const failed = new Promise<Error>((resolve) => worker.on("error", resolve))
    await queue.queue.add("job", {})
    expect(await failed).toMatchObject({ message: expect.stringMatching(/Missing key/) })
    expect(await redis.client.zcard(queue.key("completed"))).toBe(0)
  })

  it("refuses options that make no sense", () => {
    const connection = redis.connection
    expect(() => withRun(async () => {}, {} as never)).toThrow(/`connection`/)
    expect(() => withRun("file.js" as never, { connection })).toThrow(/processor function/)
    const other = { duplicate() {}, sendCommand() {}, isOpen: true } as never
    expect(() => withRun(async () => {}, { connection: other })).toThrow(/needs ioredis/)
    for (const checkMs of [0, 5_001, Number.NaN]) {
      expect(() => withRun(async () => {}, { connection, checkMs })).toThrow(/100 to 5000/)
    }
  })
})
