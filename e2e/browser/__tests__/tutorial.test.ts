import { execFile, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, it } from "vitest"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { openBrowser } from "../browser.js"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const tutorial = readFileSync(join(root, "docs/client-tutorial.md"), "utf8")
const folder = mkdtempSync(join(tmpdir(), "runstream-tutorial-"))
const blocks = [...tutorial.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
/** The text of the nth block of this language, to the letter. */
const block = (language: string, n = 0) =>
  blocks.filter(([, found]) => found === language)[n]?.[2] ?? ""

let server: RunstreamServer

beforeAll(async () => {
  server = await RunstreamServer.start("--store", "memory")
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

it("works as pasted", async () => {
  const shell = (script: string, cwd: string) =>
    promisify(execFile)("/bin/bash", ["-euc", script], { cwd, timeout: 300_000 })
  // The packages go to a folder of this test, not into the checkout, where all is installed and built by now,
  // and in use. All else is what the tutorial says.
  const pack = block("sh", 1)
    .replace("npm ci\nnpm run build\n", "")
    .replace("npm pack", `npm pack --pack-destination ${folder}`)
  await shell(pack, root)
  const make = block("sh", 2)
    .replace('"$(mktemp -d)"', folder)
    .replaceAll('"$RUNSTREAM"/clients', folder)
  await shell(make, folder)
  const app = join(folder, "my-app")
  writeFileSync(
    join(app, "vite.config.ts"),
    block("ts").replace("http://127.0.0.1:8080", server.origin),
  )
  writeFileSync(join(app, "src/App.tsx"), block("tsx"))
  await shell("npm run build && npm run lint", app)

  const dev = spawn("node_modules/.bin/vite", ["--port", "0", "--host", "127.0.0.1"], { cwd: app })
  const browser = await openBrowser()
  try {
    const origin = await new Promise<string>((resolve) => {
      let said = ""
      dev.stdout.on("data", (chunk) => {
        said += chunk
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said.replace(/\u001b\[\d+m/g, ""))
        if (found) resolve(found[0])
      })
    })
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on("pageerror", (error) => complaints.push(error.message))
    await page.goto(origin)
    await page.click("text=Start")
    await page.waitForSelector("[role=status]:text-is('running')")
    await page.waitForFunction(
      () => (document.querySelector("pre")?.textContent?.length ?? 0) > 100,
    )
    await page.waitForFunction(() => (document.querySelector("progress")?.value ?? 0) > 0)
    await page.reload()
    await page.waitForFunction(
      () => (document.querySelector("pre")?.textContent?.length ?? 0) > 100,
    )
    await page.click("text=Cancel")
    await page.waitForSelector("[role=status]:text-is('cancelled')")
    expect(complaints).toEqual([])
    const runId = new URL(page.url()).hash.slice(1)
    await expect
      .poll(() => server.look(runId), { timeout: 15_000 })
      .toMatchObject({ state: "cancelled", readers: 0 })
  } finally {
    await browser.close()
    dev.kill()
  }
}, 400_000)
