import type { Browser, CDPSession, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { eventually } from "../../../clients/test/until.js"
import { openBrowser } from "../../browser/browser.js"
import { longestTask } from "../longestTask.js"
import { newContext } from "../webPage.js"

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

/** Turns the wheel so often, and sees that other rows came. */
async function scroll(page: Page, times: number, step: number): Promise<void> {
  const lastRow = () => page.locator("[aria-rowindex]").last().getAttribute("aria-rowindex")
  const before = await lastRow()
  for (let turn = 0; turn < times; turn++) {
    await page.mouse.wheel(0, step)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  expect(await lastRow()).not.toBe(before)
}

async function scrollUpAndDown(page: Page, times: number, step: number): Promise<void> {
  await scroll(page, times, -step)
  await scroll(page, times, step)
}

async function heapMegabytes(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage")
  const { usedSize } = await session.send("Runtime.getHeapUsage")
  return usedSize / 1024 / 1024
}

it("1,000 runs scroll without a frame over 100 ms, and only those in sight are in the page", async () => {
  for (let at = 0; at < 1000; at += 50) {
    await Promise.all(Array.from({ length: 50 }, () => server.startExternal()))
  }
  const context = await newContext(browser)
  const page = await context.newPage()
  await page.goto(`${server.origin}/console`)
  await page.locator("[data-run]").first().waitFor()
  // To the very end, which loads page after page.
  await page.mouse.move(700, 600)
  await eventually(async () => {
    await page.mouse.wheel(0, 20_000)
    return (await page.getByRole("grid").getAttribute("aria-rowcount")) === "1001"
  }, 60_000)
  const longest = await longestTask(browser, () => scrollUpAndDown(page, 30, 1_400))
  process.stdout.write(`1,000 runs: longest task ${longest.toFixed(0)} ms\n`)
  expect(longest).toBeLessThan(100)
  expect(await page.locator("[data-run]").count()).toBeLessThan(80)
  await context.close()
})

it("a run of 100,000 events is followed and scrolled without a frame over 100 ms, and leaves nothing behind", async () => {
  const context = await newContext(browser)
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  const runId = await server.startExternal({ runId: "many-events" })
  await page.goto(`${server.origin}/console`)
  await page.locator("[data-run]").first().waitFor()
  const before = await heapMegabytes(session)

  const batch = Array.from(
    { length: 5_000 },
    (_, at) => ["delta", { step: at, text: "word" }] as const,
  )
  for (let sent = 0; sent < 90_000; sent += batch.length) await server.publish(runId, ...batch)
  await page.goto(`${server.origin}/console/run/${runId}`)
  await page.getByRole("button", { name: "delta 90,000" }).waitFor()
  // The last ones come while it is watched.
  await server.publish(runId, ...batch)
  await server.publish(runId, ...batch)
  await page.getByRole("button", { name: "delta 100,000" }).waitFor()
  const full = await heapMegabytes(session)

  await page.mouse.move(700, 700)
  const longest = await longestTask(browser, () => scrollUpAndDown(page, 40, 5_000))
  const scrolled = await heapMegabytes(session)
  const rows = await page.locator("[role=treegrid] [role=row]").count()

  await page.getByRole("link", { name: "← Runs" }).click()
  await page.locator("[data-run]").first().waitFor()
  let after = Number.POSITIVE_INFINITY
  await eventually(async () => {
    after = await heapMegabytes(session)
    return after < before + 10
  })
  const heaps = [before, full, scrolled, after].map((size) => size.toFixed(1)).join(", ")
  process.stdout.write(`100,000 events: longest task ${longest.toFixed(0)} ms; heap ${heaps} MB\n`)
  expect(longest).toBeLessThan(100)
  expect(rows).toBeLessThan(100)
  expect(full).toBeLessThan(before + 80)
  expect(scrolled).toBeLessThan(full + 5)
  await context.close()
})
