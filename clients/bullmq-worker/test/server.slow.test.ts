import { setTimeout } from "node:timers/promises"
import { Queue, Worker } from "bullmq"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { createClient, type RunItem } from "../../client/src/index.js"
import { RunstreamServer } from "../../test/runstreamServer.js"
import { eventually, until } from "../../test/until.js"
import { WINDOW_MS } from "../src/eventSender.js"
import { withRun } from "../src/index.js"
import { AnswerLoser } from "./answerLoser.js"
import { RedisServer } from "./redisServer.js"

/** The two lines, BullMQ as it is, and the server that follows its queues. */
describe("a worker whose queue a server follows", () => {
  const queueName = "agents"
  let redis: RedisServer
  let server: RunstreamServer
  let worker: Worker

  beforeAll(async () => {
    redis = await RedisServer.start()
    const store = `redis://127.0.0.1:${redis.port}`
    server = await RunstreamServer.start("--store", store, "--bullmq", queueName)
  }, 60_000)
  afterEach(() => worker.close())
  afterAll(async () => {
    await server?.stop()
    await redis?.stop()
  })

  const input = (opts = {}) => ({ name: "tell", data: { of: "it" }, opts })

  it("streams its deltas in order, and its result", async () => {
    const connection = redis.connection
    worker = new Worker(
      queueName,
      withRun(
        async (_job, run) => {
          for (let n = 0; n < 1_000; n++) run.delta({ n })
          return { done: true }
        },
        { connection },
      ),
      { connection },
    )
    const client = createClient({ baseUrl: server.baseUrl })
    const { runId } = await client.startRun({ agent: `bullmq:${queueName}`, input: input() })
    const events: RunItem[] = []
    for await (const event of client.iterateRun(runId)) events.push(event)
    expect(events.flatMap((item) => (item.type === "delta" ? [item.data] : []))).toEqual(
      Array.from({ length: 1_000 }, (_, n) => ({ n })),
    )
    expect(events.at(-1)).toMatchObject({ type: "complete", data: { done: true } })
  })

  it("is heard once where ioredis sends a batch again whose answer was lost", async () => {
    const proxy = await AnswerLoser.before(redis.port, '"batch"', 4)
    const connection = { ...proxy.connection, retryStrategy: () => 20 }
    worker = new Worker(
      queueName,
      withRun(
        async (_job, run) => {
          for (let n = 0; n < 40; n++) {
            run.delta({ n })
            await setTimeout(WINDOW_MS + 1)
          }
        },
        { connection },
      ),
      { connection },
    )
    worker.on("error", () => {})
    const client = createClient({ baseUrl: server.baseUrl })
    const { runId } = await client.startRun({ agent: `bullmq:${queueName}`, input: input() })
    const events: RunItem[] = []
    for await (const event of client.iterateRun(runId)) events.push(event)
    expect(events.flatMap((item) => (item.type === "delta" ? [item.data] : []))).toEqual(
      Array.from({ length: 40 }, (_, n) => ({ n })),
    )
    expect(events.at(-1)).toMatchObject({ type: "complete" })
    expect(proxy.lost).toBeGreaterThan(4)

    const entries = await redis.client.xrange(`bull:${queueName}:events`, "-", "+")
    const batches = entries.flatMap(([, fields]) => fields.filter((f) => f.includes('"batch"')))
    const ours = batches.filter((batch) => batch.includes('"n":')).slice(-40 - proxy.lost)
    expect(ours.length - new Set(ours).size).toBe(proxy.lost)
    await worker.close()
    proxy.close()
  }, 30_000)

  it("is cancelled while it works, and never tries again", async () => {
    const connection = redis.connection
    let begun = 0
    let toldAfterMillis = Number.NaN
    let askedAt = 0
    worker = new Worker(
      queueName,
      withRun(
        (_job, run) =>
          new Promise((_resolve, reject) => {
            begun++
            run.delta({ begun })
            run.signal.addEventListener("abort", () => {
              toldAfterMillis = performance.now() - askedAt
              reject(new Error("as any function may reject"))
            })
          }),
        { connection },
      ),
      { connection },
    )
    const client = createClient({ baseUrl: server.baseUrl })
    const { runId } = await client.startRun({
      agent: `bullmq:${queueName}`,
      input: input({ attempts: 3 }),
    })
    const stream = client.createAgentStream(runId)
    const leave = stream.subscribe(() => {})
    await until(stream, ({ partials }) => partials.length > 0)
    askedAt = performance.now()
    await stream.cancel()
    const ended = await until(stream, ({ isEnded }) => isEnded)
    expect(ended).toMatchObject({ status: "cancelled", runAttempt: 1 })
    expect(toldAfterMillis).toBeLessThan(2_000)

    const queue = new Queue(queueName, { connection })
    const jobId = runId.slice(queueName.length + 1)
    await eventually(async () => (await queue.getJobState(jobId)) === "failed")
    expect(await queue.getJobCounts("wait", "active", "delayed")).toEqual({
      wait: 0,
      active: 0,
      delayed: 0,
    })
    expect(begun).toBe(1)
    leave()
    stream.close()
    await queue.close()
  })
})
