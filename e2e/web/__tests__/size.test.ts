import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { openBrowser } from "../../browser/browser.js"

let browser: Browser
let server: RunstreamServer

beforeAll(async () => {
  server = await RunstreamServer.start("--store", "memory")
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it.each([
  // The charts are fetched once the page stands, and count all the same.
  ["/", 300, /\/Figures-.*\.js$/],
  ["/console", 200, /\/console-.*\.js$/],
])("the first load of %s is less than %i KB, compressed", async (path, kilobytes, last) => {
  const page = await browser.newPage()
  const parts = new Map<string, number>()
  page.on("response", (response) => {
    const { pathname } = new URL(response.url())
    if (!/^\/(assets\/.*)?$|^\/console$|\.svg$/.test(pathname)) return
    const headers = response.headers()
    if (/\.(js|css)$/.test(pathname)) expect(headers["content-encoding"]).toBe("gzip")
    parts.set(pathname, Number(headers["content-length"]))
  })
  const hasLast = page.waitForResponse((response) => last.test(response.url()))
  await page.goto(server.origin + path, { waitUntil: "load" })
  await hasLast
  await page.waitForSelector("h1", { state: "attached" })
  await page.waitForLoadState("networkidle")
  const bytes = [...parts.values()].reduce((sum, size) => sum + size, 0)
  process.stdout.write(`${path}: ${bytes} bytes in ${parts.size} files\n`)
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes).toBeLessThan(kilobytes * 1000)
  await page.close()
})
