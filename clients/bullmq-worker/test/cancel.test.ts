import { DelayedError } from "bullmq"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type Run, withRun } from "../src/index.js"
import { RedisServer } from "./redisServer.js"
import { gate, TestQueue, untilAborted } from "./testQueue.js"

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

const thrice = { attempts: 3, backoff: { type: "fixed", delay: 10 }, jobId: "job" }

/** A processor that works until it is told to stop, and the run of each of its attempts. */
function endless(
  error?: Error,
  options: { checkMs?: number; prefix?: string; connection?: object } = {},
) {
  const started = gate<Run>()
  const { connection, ...others } = options
  const processor = withRun(
    async (_job, run) => {
      started.open(run)
      await run.delta("begun")
      return untilAborted(run.signal, error)
    },
    { connection: { ...redis.connection, ...connection }, ...others },
  )
  return { processor, started: started.opened }
}

describe("a cancel of a running job", () => {
  it("reaches it by push, and a plain Error then ends it for good", async () => {
    const { processor, started } = endless(new Error("I stopped"), { checkMs: 5_000 })
    queue.work(processor)
    await queue.queue.add("job", {}, thrice)
    const run = await started
    const begun = performance.now()
    await redis.cancel(run.runId)
    const ended = await queue.ended("job")
    expect(performance.now() - begun).toBeLessThan(1_000)
    expect(run.runId).toBe(`${queue.name}:job`)
    expect(run.signal.reason).toMatchObject({ name: "UnrecoverableError" })
    expect(ended).toMatchObject({ end: "failed", failedReason: "I stopped", starts: 1 })
    expect(ended.events).toEqual([{ type: "delta", data: "begun" }])
    const job = await queue.queue.getJob("job")
    expect(job?.stacktrace?.[0]).toContain("Caused by: Error: I stopped")
  })

  it("reaches it by the check of the token when no push comes", async () => {
    const { processor, started } = endless(undefined, { checkMs: 100 })
    queue.work(processor)
    await queue.queue.add("job", {}, thrice)
    await redis.cancel((await started).runId, { push: false })
    expect(await queue.ended("job")).toMatchObject({ end: "failed", starts: 1 })
  })

  it("reaches it within 5 s without any option and without a push", async () => {
    const started = gate<Run>()
    queue.work(
      withRun(
        async (_job, run) => {
          started.open(run)
          return untilAborted(run.signal)
        },
        { connection: redis.connection },
      ),
    )
    await queue.queue.add("job", {}, thrice)
    const begun = performance.now()
    await redis.cancel((await started.opened).runId, { push: false })
    expect(await queue.ended("job")).toMatchObject({ end: "failed", starts: 1 })
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  it("reaches it by push whatever else the worker's connection is set to", async () => {
    const { processor, started } = endless(undefined, {
      checkMs: 5_000,
      connection: { lazyConnect: true, enableOfflineQueue: false, autoResubscribe: false },
    })
    queue.work(processor)
    await queue.queue.add("job", {}, thrice)
    const { runId, throwIfCancelled } = await started
    // A connection that comes only now finds the token, which is not what is tried here.
    await expect.poll(() => redis.ours()).toEqual({ listening: 1, asking: 1 })
    for (let n = 0; n < 20; n++) await throwIfCancelled()
    const begun = performance.now()
    await redis.cancel(runId)
    await queue.ended("job")
    expect(performance.now() - begun).toBeLessThan(2_000)
  })

  it("is seen at the boundary between two steps", async () => {
    let steps = 0
    queue.work(
      withRun(
        async (_job, run) => {
          await run.throwIfCancelled()
          steps++
          await redis.cancel(run.runId, { push: false })
          await run.throwIfCancelled()
          steps++
        },
        { connection: redis.connection, checkMs: 5_000 },
      ),
    )
    expect(await queue.run(thrice)).toMatchObject({
      end: "failed",
      failedReason: "The run was cancelled",
      starts: 1,
    })
    expect(steps).toBe(1)
  })

  it("that was pushed while the connection was away is found when it is back", async () => {
    const { processor, started } = endless(undefined, { checkMs: 5_000 })
    queue.work(processor)
    await queue.queue.add("job", {}, thrice)
    const { runId } = await started
    const begun = performance.now()
    await redis.cancel(runId, { push: false })
    await redis.client.client("KILL", "TYPE", "pubsub")
    expect(await queue.ended("job")).toMatchObject({ end: "failed", starts: 1 })
    expect(performance.now() - begun).toBeLessThan(2_000)
  })

  it("and an AbortError ends it for good, by a message that says more than that", async () => {
    const { processor, started } = endless(new DOMException("aborted", "AbortError"))
    queue.work(processor)
    await queue.queue.add("job", {}, thrice)
    await redis.cancel((await started).runId)
    const ended = await queue.ended("job")
    expect(ended).toMatchObject({ failedReason: "The run was cancelled", starts: 1 })
  })

  it("that comes with the processor's own failure keeps it from being tried again", async () => {
    queue.work(
      withRun(
        async (_job, run) => {
          await redis.cancel(run.runId, { push: false })
          throw new Error("by chance")
        },
        { connection: redis.connection, checkMs: 5_000 },
      ),
    )
    expect(await queue.run(thrice)).toMatchObject({ failedReason: "by chance", starts: 1 })
  })

  it("lets a last partial out, and keeps what the processor returns anyway", async () => {
    const started = gate<Run>()
    queue.work(
      withRun(
        async (_job, run) => {
          started.open(run)
          await untilAborted(run.signal).catch(() => {})
          await run.partial("so far")
          return "half"
        },
        { connection: redis.connection },
      ),
    )
    await queue.queue.add("job", {}, thrice)
    await redis.cancel((await started.opened).runId)
    const ended = await queue.ended("job")
    expect(ended).toMatchObject({ end: "completed", result: "half" })
    expect(ended.events).toEqual([{ type: "partial", data: "so far" }])
  })

  it("reaches every attempt at it, and no other job", async () => {
    const runs: Run[] = []
    const all = gate()
    queue.work(
      withRun(
        async (_job, run) => {
          if (runs.push(run) === 3) all.open()
          return untilAborted(run.signal)
        },
        { connection: redis.connection },
      ),
      { concurrency: 3 },
    )
    for (const jobId of ["a", "b", "c"]) await queue.queue.add("job", {}, { jobId })
    await all.opened
    await redis.cancel(`${queue.name}:b`)
    await queue.ended("b")
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([false, true, false])
    for (const id of ["a", "c"]) await redis.cancel(`${queue.name}:${id}`)
    await Promise.all([queue.ended("a"), queue.ended("c")])
  })

  it("finds a job by its hash where a run id may not hold its id", async () => {
    const { processor, started } = endless()
    queue.work(processor)
    await queue.queue.add("job", {}, { ...thrice, jobId: "größer/als eins" })
    // printf 'größer/als eins' | openssl dgst -sha256 -binary | basenc --base64url
    const runId = `${queue.name}:~M2HSbS7FnzmortdoxwWIuGsqYlehI1ufpmzzeflc0g4`
    expect((await started).runId).toBe(runId)
    await redis.cancel(runId)
    expect(await queue.ended("größer/als eins")).toMatchObject({ starts: 1 })
  })

  it("is looked for under the prefix that the server has", async () => {
    const { processor, started } = endless(undefined, { prefix: "mine:", checkMs: 5_000 })
    queue.work(processor)
    await queue.queue.add("job", {}, thrice)
    const { runId, throwIfCancelled } = await started
    await redis.cancel(runId)
    // Time enough for what was pushed to be heard.
    for (let n = 0; n < 20; n++) await throwIfCancelled()
    const begun = performance.now()
    await redis.cancel(runId, { prefix: "mine:" })
    expect(await queue.ended("job")).toMatchObject({ starts: 1 })
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})

describe("a cancel of a job that has not begun", () => {
  it("keeps it from ever reaching the processor", async () => {
    let calls = 0
    queue.work(withRun(async () => void calls++, { connection: redis.connection }))
    await redis.cancel(`${queue.name}:job`, { push: false })
    expect(await queue.run(thrice)).toMatchObject({
      end: "failed",
      failedReason: "The run was cancelled",
      starts: 1,
    })
    expect(calls).toBe(0)
  })
})

describe("without a cancel", () => {
  it("a failed job is tried again, as ever", async () => {
    queue.work(
      withRun(
        async () => {
          throw new Error("again")
        },
        { connection: redis.connection },
      ),
    )
    expect(await queue.run(thrice)).toMatchObject({ failedReason: "again", starts: 3 })
  })

  it("the worker's own cancelJob fires the signal, and leaves the retry to BullMQ", async () => {
    const runs: Run[] = []
    const worker = queue.work(
      withRun(
        async (job, run) => {
          runs.push(run)
          if (runs.length > 1) return "second"
          worker.cancelJob(String(job.id), "too slow")
          return untilAborted(run.signal)
        },
        { connection: redis.connection },
      ),
    )
    expect(await queue.run(thrice)).toMatchObject({ result: "second", starts: 2 })
    expect(runs[0]?.signal.reason).toMatchObject({ name: "AbortError", message: "too slow" })
  })
})

it("a job that its processor has moved away is not failed by a cancel", async () => {
  const told: unknown[] = []
  const worker = queue.work(
    withRun(
      async (job, run, token) => {
        await job.moveToDelayed(Date.now() + 60_000, token)
        await redis.cancel(run.runId)
        throw new DelayedError()
      },
      { connection: redis.connection },
    ),
  )
  worker.on("error", (error) => told.push(error))
  worker.on("failed", (_job, error) => told.push(error))
  await queue.queue.add("job", {}, thrice)
  // The worker has dealt with the one when it begins the next.
  const isNext = new Promise<void>((resolve) => {
    worker.on("active", ({ id }) => id === "next" && resolve())
  })
  await queue.queue.add("job", {}, { jobId: "next" })
  await isNext
  expect((await queue.entries("job")).at(-1)).toMatchObject({ event: "delayed" })
  expect(told).toEqual([])
})
