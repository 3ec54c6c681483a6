// Makes the pictures of the pages in docs/images, with a real server and Chromium:
//
//   node e2e/web/screenshots.mjs            all of them
//   node e2e/web/screenshots.mjs wizard     those whose name begins so
import { execFileSync, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { asked, busyList, opened, runWithGap, watched } from "./consoleScenes.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const { chromium } = createRequire(join(root, "clients/package.json"))("playwright-core")
const images = join(root, "docs/images")
const wanted = process.argv[2] ?? ""
mkdirSync(images, { recursive: true })

const desk = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }

/** A picture: its name, where the page is opened, and what is done before it is taken. */
const shots = [
  { name: "wizard-empty-light", path: "/" },
  { name: "wizard-streaming-light", path: "/", prepare: stream },
  { name: "wizard-streaming-dark", path: "/", dark: true, prepare: stream },
  { name: "wizard-compare-light", path: compared, view: { width: 1440, height: 1200 } },
  { name: "wizard-phone-light", path: "/", view: phone, prepare: stream },
  { name: "wizard-phone-dark", path: "/", view: phone, dark: true },
  { name: "console-run-light", path: runWithGap, prepare: opened },
  { name: "console-run-dark", path: "/console/run/nightly-portfolio-review", dark: true },
  { name: "console-run-phone", path: "/console/run/nightly-portfolio-review", view: phone },
  { name: "console-runs-light", path: busyList, prepare: watched },
  { name: "console-runs-dark", path: "/console", dark: true, prepare: watched },
  { name: "console-runs-phone", path: "/console", view: phone, dark: true },
  { name: "console-cancel-light", path: "/console", prepare: asked },
]

/** Runs the preset until its figures are clear and it still runs. */
async function stream(page) {
  await page.getByRole("button", { name: /^Seed, \$50M/ }).click()
  await page.getByRole("button", { name: /^Run .*seed/ }).click()
  await page.getByLabel("Paths", { exact: true }).fill("400000")
  await page.getByRole("button", { name: /^Fund \$/ }).click()
  await page.getByRole("button", { name: /^Run [\d,]+ paths$/ }).click()
  await page.waitForFunction(
    () => Number(document.querySelector("[role=progressbar]")?.ariaValueNow) >= 25,
    null,
    {
      timeout: 300_000,
    },
  )
}

/** The address of two runs beside each other. */
async function compared(origin) {
  const [own, other] = await Promise.all(
    [45, 15].map(async (ratio) => {
      const input = { paths: 40_000, seed: 7, reserves: { ratio } }
      const response = await fetch(`${origin}/api/agents/run`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ agent: "fund-scenario", input }),
      })
      const { runId } = await response.json()
      // The stream ends with the run.
      await (await fetch(`${origin}/api/agents/stream/${runId}`)).text()
      return runId
    }),
  )
  return `/run/${own}?pin=${other}`
}

async function startServer() {
  const data = mkdtempSync(join(tmpdir(), "runstream-screenshots-"))
  const server = spawn(join(root, "runstream"), ["serve", "--port", "0", "--data", data], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const origin = await new Promise((resolve, reject) => {
    server.once("exit", () => reject(new Error("The server did not start")))
    server.stdout.on("data", (chunk) => {
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(chunk) ?? []
      if (found) resolve(found)
    })
  })
  const stop = () => {
    server.removeAllListeners("exit")
    server.kill("SIGKILL")
    rmSync(data, { recursive: true, force: true })
  }
  return { origin, stop }
}

const { origin, stop } = await startServer()
const executablePath = execFileSync("/bin/sh", ["-c", "command -v chromium"], {
  encoding: "utf8",
}).trim()
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] })
try {
  for (const { name, path, view = desk, dark = false, prepare } of shots) {
    if (!name.startsWith(wanted)) continue
    const context = await browser.newContext({
      viewport: view,
      colorScheme: dark ? "dark" : "light",
    })
    const page = await context.newPage()
    await page.goto(origin + (typeof path === "string" ? path : await path(origin)))
    await page.waitForLoadState("load")
    await prepare?.(page)
    if (name.startsWith("console")) await page.waitForTimeout(2_500)
    else await page.evaluate(() => document.activeElement?.blur())
    await page.mouse.move(1, 1)
    if (path === compared) await page.locator("svg.recharts-surface").nth(2).waitFor()
    await page.screenshot({ path: join(images, `${name}.png`) })
    process.stdout.write(`${name}.png\n`)
    await context.close()
  }
} finally {
  await browser.close()
  stop()
}
