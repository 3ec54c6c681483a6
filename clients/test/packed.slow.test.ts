import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { RunstreamServer } from "./runstreamServer.js"

const clients = fileURLToPath(new URL("..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "runstream-packed-"))
const project = join(folder, "project")
const tarballs: Record<string, string> = {}
/** Each package, who it is for by attw's word, and its entries without their endings. */
const packages: readonly [name: string, profile: string, ...entries: string[]][] = [
  ["client", "esm-only", "dist/index"],
  ["react", "esm-only", "dist/index"],
  ["bullmq-worker", "strict", "dist/esm/index", "dist/cjs/index"],
]
const run = promisify(execFile)
const bin = (name: string) => join(clients, "node_modules/.bin", name)

const { devDependencies: versions } = JSON.parse(
  readFileSync(join(clients, "package.json"), "utf8"),
) as { devDependencies: Record<string, string> }

/** Runs a command in the fresh project, and gives what it said. */
async function say(command: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await run(command, args, { cwd: project, timeout: 240_000 })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`)
  }
}

beforeAll(async () => {
  for (const [name] of packages) {
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], {
      cwd: join(clients, name),
    })
    const said = JSON.parse(stdout)
    const [packed] = Array.isArray(said) ? said : Object.values(said)
    tarballs[name] = join(folder, packed.filename)
  }
  mkdirSync(project)
  writeFileSync(
    join(project, "package.json"),
    '{ "name": "fresh", "private": true, "type": "module" }',
  )
  await say(
    "npm",
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    // The one for workers is tried with each BullMQ in its own tests.
    ...["client", "react"].map((name) => tarballs[name] as string),
    ...["react", "react-dom", "@types/react", "typescript"].map(
      (name) => `${name}@${versions[name]}`,
    ),
  )
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the packed packages", () => {
  it.each(packages)(
    "%s pleases publint and attw, %s",
    async (name, profile) => {
      const { stdout } = await run(bin("publint"), [tarballs[name] as string, "--strict"])
      expect(stdout).toContain("All good!")
      await run(bin("attw"), [tarballs[name] as string, "--profile", profile])
    },
    120_000,
  )

  it("hold files, types, a README and the licence, and no source or test", async () => {
    for (const [name, , ...entries] of packages) {
      const { stdout } = await run("tar", ["-tzf", tarballs[name] as string])
      const files = stdout.trim().split("\n")
      expect(files).toEqual(
        expect.arrayContaining([
          "package/package.json",
          "package/README.md",
          "package/LICENSE",
          ...entries.flatMap((entry) => [`package/${entry}.js`, `package/${entry}.d.ts`]),
        ]),
      )
      expect(
        files.filter(
          (file) =>
            !/^package\/(package\.json|README\.md|LICENSE|dist\/.*\.(d\.ts|js)|dist\/cjs\/package\.json)$/.test(
              file,
            ),
        ),
      ).toEqual([])
    }
  })

  it("type-check in a fresh, strict project, as Node and as a bundler resolves them", async () => {
    cpSync(join(clients, "test/fresh"), join(project, "src"), { recursive: true })
    for (const [module, resolution] of [
      ["nodenext", "nodenext"],
      ["esnext", "bundler"],
    ]) {
      await say(
        "npx",
        "tsc",
        "--noEmit",
        "--strict",
        "--exactOptionalPropertyTypes",
        "--jsx",
        "react-jsx",
        "--target",
        "es2022",
        "--lib",
        "es2022,dom,dom.iterable",
        "--types",
        "",
        "--module",
        module as string,
        "--moduleResolution",
        resolution as string,
        "src/types.tsx",
      )
    }
  }, 120_000)

  it("run in Node, which ends by itself after close()", async () => {
    const server = await RunstreamServer.start("--store", "memory")
    try {
      const runId = await server.startExternal()
      await server.publish(runId, ["delta", { text: "hello" }])
      writeFileSync(
        join(project, "script.js"),
        `import { createClient, textReducer } from "@runstream/client"
import { createSseParser } from "@runstream/client/sse"
import { tabs } from "@runstream/client/tabs"
import { useAgentStream } from "@runstream/react"
const client = createClient({ baseUrl: process.argv[2], share: { key: "me", tabs } })
const stream = client.createAgentStream(process.argv[3], { reduce: textReducer })
stream.subscribe(() => {
  const { data, connection } = stream.getSnapshot()
  if (data !== "hello" || connection.state !== "open") return
  stream.close()
  console.log(data, typeof createSseParser, typeof useAgentStream)
})
`,
      )
      const begun = Date.now()
      expect(await say("node", "script.js", server.baseUrl, runId)).toBe(
        "hello function function\n",
      )
      expect(Date.now() - begun).toBeLessThan(10_000)
    } finally {
      await server.stop()
    }
  }, 60_000)

  it("keep the heap flat over 100,000 events", async () => {
    const server = await RunstreamServer.start("--store", "memory")
    try {
      const runId = await server.startExternal()
      writeFileSync(
        join(project, "heap.js"),
        `import { createClient } from "@runstream/client"
const stream = createClient({ baseUrl: process.argv[2] }).createAgentStream(process.argv[3])
let seen = 0
const heap = () => { gc(); gc(); return process.memoryUsage().heapUsed }
let half = 0
stream.subscribeEvents(() => { if (++seen === 50_000) half = heap() })
stream.subscribe(() => {
  const { isEnded, droppedPartials, deltas } = stream.getSnapshot()
  if (!isEnded) return
  console.log(JSON.stringify({ seen, half, end: heap(), kept: deltas.length, droppedPartials }))
})
`,
      )
      const followed = say("node", "--expose-gc", "heap.js", server.baseUrl, runId)
      for (let batch = 0; batch < 20; batch++) {
        const deltas = Array.from(
          { length: 5_000 },
          (_, n) => ["delta", { n, text: "some words" }] as const,
        )
        await server.publish(runId, ...deltas)
      }
      await server.publish(runId, ["complete", {}])
      const { seen, half, end, kept, droppedPartials } = JSON.parse(await followed)
      process.stdout.write(`heap after 50,000 events: ${half} bytes, after 100,000: ${end}\n`)
      expect(seen).toBeGreaterThanOrEqual(100_000)
      expect(kept).toBe(10_000)
      expect(droppedPartials).toBe(90_000)
      expect(end - half).toBeLessThan(2_000_000)
    } finally {
      await server.stop()
    }
  }, 120_000)
})
