import { Queue, Worker } from "bullmq"
import { Cluster, Redis } from "ioredis"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { addressOf } from "../src/address.js"
import { type Run, withRun } from "../src/index.js"
import { RedisServer } from "./redisServer.js"
import { gate, TestQueue, untilAborted } from "./testQueue.js"

let redis: RedisServer
let queues: TestQueue[]
beforeAll(async () => {
  redis = await RedisServer.start()
})
afterAll(() => redis.stop())
beforeEach(() => {
  queues = [new TestQueue(redis), new TestQueue(redis)]
})
afterEach(() => Promise.all(queues.map((queue) => queue.close())))

const none = { listening: 0, asking: 0 }
const one = { listening: 1, asking: 1 }
/** Redis drops a connection from its list a moment after it was closed here. */
const eventuallyOurs = (expected: object) =>
  expect.poll(() => redis.ours(), { timeout: 5_000 }).toEqual(expected)

describe("the connections of a process", () => {
  it("are two for 50 jobs of 4 workers on 2 queues, however they were told where Redis is", async () => {
    const client = new Redis({ ...redis.connection, maxRetriesPerRequest: null })
    const runs: Run[] = []
    const all = gate()
    const processor = (connection: object) =>
      withRun(
        async (_job, run) => {
          if (runs.push(run) === 50) all.open()
          return untilAborted(run.signal)
        },
        { connection },
      )
    const workers = queues.flatMap((queue) => [
      queue.work(processor(client), { concurrency: 13 }),
      queue.work(processor({ ...redis.connection, retryStrategy: () => 100 }), { concurrency: 13 }),
    ])
    expect(await redis.ours()).toEqual(none)
    for (const queue of queues) {
      await queue.queue.addBulk(Array.from({ length: 25 }, () => ({ name: "job", data: {} })))
    }
    await all.opened
    expect(await redis.ours()).toEqual(one)
    for (const { runId } of runs) await redis.cancel(runId)
    const [last, ...others] = workers
    await Promise.all(others.map((worker) => worker.close()))
    expect(await redis.ours()).toEqual(one)
    await last?.close()
    await eventuallyOurs(none)
    expect(client.status).toBe("ready")
    client.disconnect()
  })

  it("come again with a worker that comes after the last one was closed", async () => {
    const [queue] = queues as [TestQueue]
    const processor = withRun(async () => "done", { connection: redis.connection })
    const first = queue.work(processor)
    await queue.run({ jobId: "a" })
    await first.close()
    await eventuallyOurs(none)
    queue.work(processor)
    await queue.run({ jobId: "b" })
    expect(await redis.ours()).toEqual(one)
  })

  it("outlast a worker that is closed by force while its job goes on", async () => {
    const [queue] = queues as [TestQueue]
    const started = gate<Run>()
    const finish = gate()
    const worker = queue.work(
      withRun(
        async (_job, run) => {
          started.open(run)
          await finish.opened
        },
        { connection: redis.connection },
      ),
    )
    await queue.queue.add("job", {})
    const { runId, signal } = await started.opened
    await worker.close(true)
    expect(await redis.ours()).toEqual(one)
    await redis.cancel(runId)
    await expect.poll(() => signal.aborted).toBe(true)
    finish.open()
    await eventuallyOurs(none)
  })

  it("stay for 10 s after the last job of a worker that cannot be seen", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    try {
      const job = { id: "1", queueName: "unseen", updateProgress: async () => {} }
      const processor = withRun(async () => "done", { connection: redis.connection })
      expect(await processor(job as never)).toBe("done")
      vi.advanceTimersByTime(9_999)
      expect(await processor(job as never)).toBe("done")
      vi.advanceTimersByTime(9_999)
      expect(await redis.ours()).toEqual(one)
      vi.advanceTimersByTime(1)
    } finally {
      vi.useRealTimers()
    }
    await eventuallyOurs(none)
  })

  it("may lack the right to listen: then the token is all there is, and a warning says so", async () => {
    const [queue] = queues as [TestQueue]
    await redis.client.acl("SETUSER", "deaf", "on", ">pw", "~*", "+@all", "resetchannels")
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve))
    const started = gate<Run>()
    queue.work(
      withRun(
        async (_job, run) => {
          started.open(run)
          return untilAborted(run.signal)
        },
        { connection: { ...redis.connection, username: "deaf", password: "pw" }, checkMs: 100 },
      ),
    )
    await queue.queue.add("job", {}, { jobId: "job", attempts: 3 })
    await redis.cancel((await started.opened).runId)
    expect(await queue.ended("job")).toMatchObject({ starts: 1 })
    expect(await warned).toMatchObject({
      code: "RUNSTREAM_NO_PUSH",
      message: expect.stringMatching(/check every few seconds: NOPERM/),
    })
  })

  it("that may not ask for the token fail the job, and say which key", async () => {
    const [queue] = queues as [TestQueue]
    await redis.client.acl("SETUSER", "blind", "on", ">pw", "~bull:*", "&*", "+@all")
    let calls = 0
    queue.work(
      withRun(async () => void calls++, {
        connection: { ...redis.connection, username: "blind", password: "pw" },
      }),
    )
    const { failedReason } = await queue.run({ jobId: "job" })
    expect(failedReason).toMatch(/^ai:run:queue-\d+:job:cancel could not be read: NOPERM/)
    expect(calls).toBe(0)
  })
})

it("on a Cluster a cancel is heard and asked for through a client of it", async () => {
  const cluster = await RedisServer.startCluster()
  const nodes = [cluster.connection]
  const client = new Cluster(nodes, { redisOptions: { maxRetriesPerRequest: null } })
  const name = "{agents}"
  const queue = new Queue(name, { connection: client, prefix: "{bull}" })
  const runs = [gate<Run>(), gate<Run>()]
  const worker = new Worker(
    name,
    withRun(
      async (job, run) => {
        runs[Number(job.id) - 1]?.open(run)
        return untilAborted(run.signal)
      },
      { connection: client, checkMs: 100 },
    ),
    { connection: client, prefix: "{bull}", concurrency: 2 },
  )
  const failed: unknown[] = []
  worker.on("failed", (_job, error) => failed.push(error.name))
  try {
    await queue.addBulk([
      { name: "job", data: {} },
      { name: "job", data: {} },
    ])
    const [pushed, found] = (await Promise.all(runs.map(({ opened }) => opened))) as [Run, Run]
    expect(await cluster.ours()).toMatchObject({ listening: 1 })
    await cluster.cancel(pushed.runId)
    await cluster.cancel(found.runId, { push: false })
    await expect.poll(() => failed).toEqual(["UnrecoverableError", "UnrecoverableError"])
  } finally {
    await Promise.all([worker.close(), queue.close()])
    client.disconnect()
    await cluster.stop()
  }
})

describe("while Redis is away", () => {
  it("a job that is running goes on, and a cancel reaches it afterwards", async () => {
    const [queue] = queues as [TestQueue]
    const started = gate<Run>()
    const back = gate()
    queue.work(
      withRun(
        async (_job, run) => {
          await run.delta("before")
          started.open(run)
          await run.delta("meanwhile")
          await back.opened
          await run.delta("after")
          return untilAborted(run.signal)
        },
        { connection: { ...redis.connection, retryStrategy: () => 20 }, checkMs: 5_000 },
      ),
      { connection: { ...redis.connection, retryStrategy: () => 20 } },
    )
    await queue.queue.add("job", {}, { jobId: "job", attempts: 3 })
    const { runId } = await started.opened
    await redis.kill()
    await redis.restart()
    back.open()
    await expect.poll(() => redis.ours(), { timeout: 10_000 }).toEqual(one)
    await redis.cancel(runId)
    const ended = await queue.ended("job")
    expect(ended.starts).toBe(1)
    expect(new Set(ended.events.map(({ data }) => data))).toEqual(
      new Set(["before", "meanwhile", "after"]),
    )
  })

  it("a processor that awaits is held up, and loses nothing", async () => {
    const [queue] = queues as [TestQueue]
    const started = gate()
    let handedIn = 0
    queue.work(
      withRun(
        async (_job, run) => {
          await run.delta(0)
          started.open()
          for (handedIn = 1; handedIn < 100; handedIn++) {
            await run.delta({ handedIn, text: "x".repeat(100_000) })
          }
        },
        { connection: redis.connection },
      ),
    )
    await queue.queue.add("job", {}, { jobId: "job" })
    await started.opened
    redis.freeze()
    await expect.poll(() => handedIn).toBeGreaterThanOrEqual(10)
    for (let turn = 0; turn < 1_000; turn++) await new Promise(setImmediate)
    expect(handedIn).toBeLessThan(20)
    redis.thaw()
    expect((await queue.ended("job")).events).toHaveLength(100)
  })
})

describe("connections to the same Redis", () => {
  it.each([
    [{ port: 1 }, { host: "127.0.0.1", port: 1, db: 0, retryStrategy: () => 1 }],
    [{ tls: { ca: "a", servername: "b" } }, { tls: { servername: "b", ca: "a" } }],
    [
      { sentinels: [{ host: "a" }], name: "m" },
      { name: "m", sentinels: [{ host: "a" }] },
    ],
  ])("%j and %j are one", (a, b) => {
    expect(addressOf(a)).toBe(addressOf(b))
  })

  it.each([
    [{ port: 1 }, { port: 2 }],
    [{ db: 0 }, { db: 1 }],
    [{ username: "a" }, { username: "b" }],
    [{ url: "redis://a" }, {}],
    [{ tls: new Map() }, { tls: new Map() }],
  ])("%j and %j are two", (a, b) => {
    expect(addressOf(a)).not.toBe(addressOf(b))
  })
})
