import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Project } from "./project.js"
import { RedisServer } from "./redisServer.js"

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
    progress: { type: "batch", events: [{ type: "delta", data: "hello" }] },
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
