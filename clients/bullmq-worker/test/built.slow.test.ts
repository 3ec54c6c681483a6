import { execFile, spawn } from "node:child_process"
import { cpSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Project } from "./project.js"
import { RedisServer } from "./redisServer.js"
import { TestQueue } from "./testQueue.js"

const run = promisify(execFile)
const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url))

let redis: RedisServer
let project: Project
beforeAll(async () => {
  redis = await RedisServer.start()
  project = new Project()
})
afterAll(async () => {
  project.remove()
  await redis.stop()
})

const begin = `
const [, , port, name] = process.argv
const connection = { host: "127.0.0.1", port: Number(port) }
async function connections() {
  const redis = new Redis(connection)
  const list = await redis.client("LIST")
  redis.disconnect()
  return list.split("name=runstream:cancel:").length - 1
}`

/** One job whose processor counts the connections of this process; the script ends when it has nothing left to do. */
const program = `${begin}
const queue = new Queue(name, { connection })
const worker = new Worker(name, withRun(async (job, run) => {
  await run.delta("hello")
  return { said: job.data.said, connections: await connections() }
}, { connection }), { connection })
worker.on("failed", (_job, error) => { throw error })
worker.on("completed", async (job, result) => {
  console.log(JSON.stringify({ ...result, progress: job.progress }))
  await worker.close()
  await queue.close()
})
queue.add("job", { said: "hello" })
`

async function say(file: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [file, String(redis.port), ...args], {
    timeout: 15_000,
  })
  return JSON.parse(stdout)
}

describe("the package as it is built", () => {
  const expected = {
    said: "hello",
    connections: 2,
    progress: {
      type: "batch",
      sender: expect.any(Number),
      index: 0,
      events: [{ type: "delta", data: "hello" }],
    },
  }

  it("is imported, and lets its process end after close()", async () => {
    const file = project.write(
      "worker.mjs",
      `import { Redis } from "ioredis"
import { Queue, Worker } from "bullmq"
import { withRun } from "@runstream/bullmq-worker"${program}`,
    )
    expect(await say(file, "esm")).toEqual(expected)
  })

  it("is required, and lets its process end after close()", async () => {
    const file = project.write(
      "worker.cjs",
      `const { Redis } = require("ioredis")
const { Queue, Worker } = require("bullmq")
const { withRun } = require("@runstream/bullmq-worker")${program}`,
    )
    expect(await say(file, "commonjs")).toEqual(expected)
  })

  it("has one subscription where it is both imported and required", async () => {
    const file = project.write(
      "both.mjs",
      `import { createRequire } from "node:module"
import { Redis } from "ioredis"
import { Queue, Worker } from "bullmq"
import { withRun } from "@runstream/bullmq-worker"
const required = createRequire(import.meta.url)("@runstream/bullmq-worker").withRun
${begin}
const queue = new Queue(name, { connection })
let entered = 0, enter
const all = new Promise((resolve) => { enter = resolve })
const processor = async () => {
  if (++entered === 2) enter()
  await all
  return connections()
}
const workers = [withRun, required].map(
  (wrap) => new Worker(name, wrap(processor, { connection }), { connection }),
)
const counts = []
for (const worker of workers) {
  worker.on("failed", (_job, error) => { throw error })
  worker.on("completed", async (_job, count) => {
    if (counts.push(count) < 2) return
    console.log(JSON.stringify({ counts, same: withRun === required }))
    await Promise.all(workers.map((worker) => worker.close()))
    await queue.close()
  })
}
queue.addBulk([{ name: "job", data: {} }, { name: "job", data: {} }])
`,
    )
    expect(await say(file, "both")).toEqual({ counts: [2, 2], same: false })
  })

  it("does what examples/bullmq shows, until its worker is told to end", async () => {
    const folder = join(project.folder, "example")
    cpSync(fileURLToPath(new URL("../../../examples/bullmq", import.meta.url)), folder, {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    })
    const env = { ...process.env, REDIS_URL: `redis://127.0.0.1:${redis.port}` }
    const worker = spawn(process.execPath, [join(folder, "worker.js")], { env, stdio: "ignore" })
    const ended = new Promise((resolve) => worker.once("exit", (code) => resolve(code)))
    const queue = new TestQueue(redis, "agents")
    try {
      const { stdout } = await run(process.execPath, [join(folder, "enqueue.js"), "to be"], { env })
      expect(stdout).toBe("agents:1\n")
      const told = await queue.ended("1")
      expect(told.events).toEqual([
        { type: "status", data: { message: "telling" } },
        { type: "delta", data: { text: "to " } },
        { type: "delta", data: { text: "be " } },
      ])
      expect(told.result).toEqual({ words: 2 })

      const text = "and so on ".repeat(1_000)
      await queue.queue.add("tell", { text }, { jobId: "long", attempts: 3 })
      await expect
        .poll(async () => (await queue.entries("long")).map(({ event }) => event))
        .toContain("progress")
      await redis.cancel("agents:long")
      expect(await queue.ended("long")).toMatchObject({
        failedReason: "The run was cancelled",
        starts: 1,
      })
    } finally {
      worker.kill()
      await queue.close()
    }
    expect(await ended).toBe(0)
  })

  it.each(["mts", "cts"])(
    "type-checks in a strict project as %s",
    async (kind) => {
      const source = readFileSync(fileURLToPath(new URL("types.ts", import.meta.url)), "utf8")
      const file = project.write(`types.${kind}`, source)
      const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--types", "node"]
      const modules = ["--target", "es2022", "--module", "nodenext", "--ignoreConfig"]
      const { stdout } = await run(tsc, [...options, ...modules, "--skipLibCheck", file], {
        cwd: join(project.folder),
      }).catch((error) => error)
      expect(stdout).toBe("")
    },
    60_000,
  )
})
