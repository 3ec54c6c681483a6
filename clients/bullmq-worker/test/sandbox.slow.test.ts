import type { Worker } from "bullmq"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Project } from "./project.js"
import { RedisServer } from "./redisServer.js"
import { TestQueue } from "./testQueue.js"

let redis: RedisServer
let project: Project
const files: Record<string, string> = {}

/** What a processor file does, by the job's data. */
const body = (connection: object) => `withRun(async (job, run) => {
  if (job.data.silent) return
  if (job.data.hello) {
    void run.delta("hello")
    return "done"
  }
  if (job.data.count) {
    for (let n = 0; n < job.data.count; n++) await run.delta({ n })
    return { pid: process.pid }
  }
  await run.status("waiting")
  await new Promise((_, reject) => run.signal.addEventListener("abort", () => reject(new Error("plain"))))
}, { connection: ${JSON.stringify(connection)}, checkMs: 5000 })
`

beforeAll(async () => {
  redis = await RedisServer.start()
  project = new Project()
  files["ESM"] = project.write(
    "processor.mjs",
    `import { withRun } from "@runstream/bullmq-worker"
export default ${body(redis.connection)}`,
  )
  files["CommonJS"] = project.write(
    "processor.cjs",
    `const { withRun } = require("@runstream/bullmq-worker")
module.exports = ${body(redis.connection)}`,
  )
})
afterAll(async () => {
  project.remove()
  await redis.stop()
})
const eventually = { timeout: 10_000 }

describe.each([
  ["ESM", {}],
  ["CommonJS", {}],
  ["ESM", { useWorkerThreads: true }],
])("a processor file as %s %j", (kind, options) => {
  let queue: TestQueue
  let worker: Worker
  // One process or thread for all of it, as BullMQ keeps it.
  beforeAll(() => {
    queue = new TestQueue(redis)
    worker = queue.work(files[kind], options)
  })
  afterAll(() => queue.close())

  it("sends in order and ends with its result", async () => {
    const ended = await queue.run({}, { count: 3_000 })
    expect(ended.events.map(({ data }) => (data as { n: number }).n)).toEqual(
      Array.from({ length: 3_000 }, (_, n) => n),
    )
    const { pid } = ended.result as { pid: number }
    expect(pid === process.pid).toBe("useWorkerThreads" in options)
    expect(ended.end).toBe("completed")
  })

  it("has its last batch delivered before its end", async () => {
    for (let n = 0; n < 20; n++) {
      // Redis knows how to complete a job, but no more how to take progress: that is sent once more, and lets by what
      // comes after it.
      await redis.client.script("FLUSH")
      await queue.run({}, { silent: true })
      const { entries } = await queue.run({}, { hello: true })
      expect(entries.map(({ event }) => event).slice(-2)).toEqual(["progress", "completed"])
    }
  })

  it("is not entered for a job that is cancelled already", async () => {
    await redis.cancel(`${queue.name}:early`, { push: false })
    const ended = await queue.run({ jobId: "early", attempts: 3 })
    expect(ended).toMatchObject({ failedReason: "The run was cancelled", starts: 1, events: [] })
  })

  it("hears of a cancel, and its plain Error ends the job for good", async () => {
    const begun = new Promise((resolve) => worker.once("progress", resolve))
    await queue.queue.add("job", {}, { jobId: "job", attempts: 3 })
    await begun
    expect(await redis.ours()).toEqual({ listening: 1, asking: 1 })
    await redis.cancel(`${queue.name}:job`)
    expect(await queue.ended("job")).toMatchObject({ failedReason: "plain", starts: 1 })
  })

  it("leaves nothing open when its worker is closed", async () => {
    await worker.close()
    await expect.poll(() => redis.ours(), eventually).toEqual({ listening: 0, asking: 0 })
  })
})
