import { readFileSync } from "node:fs"
import type { Browser, BrowserContext, Page, Route } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { eventually } from "../../../clients/test/until.js"
import { openBrowser } from "../../browser/browser.js"
import { expectAccessible, newContext, type OpenedPage, openPage } from "../webPage.js"

let browser: Browser
let context: BrowserContext
let server: RunstreamServer
let opened: OpenedPage[]

beforeAll(async () => {
  // A run holds little, so that a gap is soon there.
  server = await RunstreamServer.start("--max-event", "16KB", "--run-buffer", "64KB")
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
beforeEach(async () => {
  opened = []
  const permissions = ["clipboard-read", "clipboard-write"]
  context = await newContext(browser, { acceptDownloads: true, permissions })
})
afterEach(async () => {
  await context.close()
  for (const { complaints } of opened) expect(complaints.all).toEqual([])
})

async function open(path: string): Promise<Page> {
  const one = await openPage(context, server.origin + path)
  opened.push(one)
  return one.page
}

const deltas = (count: number, text = "word") =>
  Array.from({ length: count }, (_, at) => ["delta", { text: `${text} ${at}` }] as const)
const row = (page: Page, seq: number) =>
  page.locator("[role=treegrid] [aria-expanded]", {
    has: page.getByText(String(seq), { exact: true }),
  })
const list = (page: Page) => page.getByRole("treegrid")
const tab = (page: Page, name: string) => page.getByRole("tab", { name })

describe("a run's page", () => {
  it("shows each event as it comes, and its JSON when asked", async () => {
    const runId = await server.startExternal({ runId: "events" })
    await server.publish(runId, ["delta", { text: "hello", more: [1.5, null] }])
    const page = await open("/console/run/events")
    await row(page, 2).getByText('{"text":"hello","more":[1.5,null]}').waitFor()
    await server.publish(runId, ["partial", { sum: 1 }])
    await row(page, 3).getByText("partial").waitFor()
    await row(page, 2).getByText("delta").click()
    await row(page, 2).locator("pre").waitFor()
    expect(await row(page, 2).locator("pre").textContent()).toBe(
      '{\n  "text": "hello",\n  "more": [\n    1.5,\n    null\n  ]\n}',
    )
    await row(page, 2).getByRole("button", { name: "Copy raw" }).click()
    await row(page, 2).getByText("Copied").waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      '{"text":"hello","more":[1.5,null]}',
    )
    await expectAccessible(page)
    await row(page, 2).getByText("delta", { exact: true }).click()
    await row(page, 2).locator("pre").waitFor({ state: "detached" })
  })

  it("is walked through with keys alone", async () => {
    const runId = await server.startExternal({ runId: "keys" })
    await server.publish(runId, ...deltas(60))
    const page = await open("/console/run/keys")
    await row(page, 61).waitFor()
    await list(page).focus()
    await page.keyboard.press("Home")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await row(page, 2).locator("pre").waitFor()
    await page.keyboard.press("Enter")
    await row(page, 2).locator("pre").waitFor({ state: "detached" })
    await page.keyboard.press("End")
    await row(page, 61).waitFor()
  })

  it("stays where one has gone, though the frame after a fold comes late", async () => {
    const runId = await server.startExternal({ runId: "late-frame" })
    await server.publish(runId, ...deltas(60))
    const page = await open("/console/run/late-frame")
    await row(page, 61).waitFor()
    await list(page).focus()
    await page.keyboard.press("Home")
    await row(page, 1).waitFor()
    await page.evaluate(() => {
      const { requestAnimationFrame, cancelAnimationFrame } = window
      const late = new Map<number, FrameRequestCallback>()
      window.requestAnimationFrame = (frame) => late.set(-late.size - 1, frame) && -late.size
      window.cancelAnimationFrame = (id) => late.delete(id) || cancelAnimationFrame(id)
      Object.assign(window, {
        sendLateFrames() {
          Object.assign(window, { requestAnimationFrame, cancelAnimationFrame })
          for (const frame of late.values()) frame(performance.now())
        },
      })
    })
    await page.keyboard.press("Enter")
    await page.keyboard.press("End")
    // Near the end: the exact place may itself wait for a frame.
    await row(page, 61).waitFor()
    await page.evaluate(() => (window as unknown as { sendLateFrames(): void }).sendLateFrames())
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    )
    await row(page, 61).waitFor()
    await eventually(() =>
      list(page).evaluate((e) => e.scrollTop + e.clientHeight === e.scrollHeight),
    )
  })

  it("filters by type and finds a text", async () => {
    const runId = await server.startExternal({ runId: "search" })
    await server.publish(runId, ...deltas(30, "apple"), ["partial", "so far"], ...deltas(5, "pear"))
    const page = await open("/console/run/search")
    await page.getByRole("button", { name: "delta 35" }).waitFor()
    await page.getByRole("button", { name: "partial 1" }).click()
    await row(page, 36).waitFor({ state: "detached" })
    expect(await page.locator("[role=treegrid] [aria-expanded]").count()).toBe(1)
    await page.getByRole("button", { name: "partial 1" }).click()
    await page.keyboard.press("/")
    await page.keyboard.type("PEAR")
    await page.getByText("1 of 5").waitFor()
    await page.keyboard.press("Enter")
    await page.getByText("2 of 5").waitFor()
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.press("Shift+Enter")
    await page.getByText("5 of 5").waitFor()
    await page.locator("mark").first().waitFor()
    await server.publish(runId, ["delta", "another pear"])
    await page.getByText("5 of 6").waitFor()
  })

  it("pauses when one scrolls up, counts what is new, and resumes", async () => {
    const runId = await server.startExternal({ runId: "pause" })
    await server.publish(runId, ...deltas(300))
    const page = await open("/console/run/pause")
    await row(page, 301).waitFor()
    await list(page).hover()
    await page.mouse.wheel(0, -2000)
    await page.getByRole("button", { name: "To the end" }).waitFor()
    const top = () => list(page).evaluate((element) => element.scrollTop)
    const paused = await top()
    await server.publish(runId, ...deltas(345))
    const resume = page.getByRole("button", { name: "345 new ↓" })
    await resume.waitFor()
    expect(await top()).toBe(paused)
    await resume.click()
    await row(page, 646).waitFor()
    await server.publish(runId, ["delta", "and on"])
    await row(page, 647).waitFor()
  })

  it("has a row for what is no longer held, and says how much that is", async () => {
    const runId = await server.startExternal({ runId: "gap" })
    for (let at = 0; at < 12; at++) await server.publish(runId, ["delta", "x".repeat(10_000)])
    const page = await open("/console/run/gap")
    const gap = page.locator("[role=treegrid]").getByText("no longer held by the server")
    await gap.waitFor()
    const [, to] = /^1–(\d+) /.exec((await gap.textContent()) ?? "") ?? []
    const { firstEventId } = (await server.look(runId)) as unknown as { firstEventId: string }
    expect(Number(to)).toBe(Number(firstEventId.split("-")[1]) - 1)
    await page.getByText(`, ${to} missing`).waitFor()
    await expectAccessible(page)
  })

  it("drops its connection and resumes without missing or doubling an event", async () => {
    const runId = await server.startExternal({ runId: "drop" })
    await server.publish(runId, ...deltas(3))
    const page = await open("/console/run/drop")
    await row(page, 4).waitFor()
    // It comes back after a random wait, which may be none. So its coming back is what waits.
    const missSome = async (comingBack: Route) => {
      await eventually(async () => (await server.look(runId)).readers === 0)
      await server.publish(runId, ...deltas(2))
      await comingBack.continue()
    }
    await page.route("**/stream/drop", missSome, { times: 1 })
    await page.getByRole("button", { name: "Drop my connection" }).click()
    await page.getByText("Connected again after event 4: nothing was missed.").waitFor()
    await row(page, 6).waitFor()
    const numbers = await page
      .locator("[role=treegrid] [aria-expanded] [role=gridcell]:first-child")
      .allTextContents()
    expect(numbers).toEqual(["1", "2", "3", "4", "5", "6"])
  })

  it("says that the connection is lost when the server is killed, and goes on after its restart", async () => {
    const runId = await server.startExternal({ runId: "killed" })
    await server.publish(runId, ...deltas(3))
    const page = await open("/console/run/killed")
    opened.at(-1)?.complaints.allow(/Failed to load resource/)
    await row(page, 4).waitFor()
    await server.kill()
    await page.getByText(/Connection lost\. The run goes on\. Trying again in/).waitFor()
    await page.getByText("The server does not say how the run stands").waitFor()
    const retry = page.getByRole("button", { name: "Retry now" })
    await retry.waitFor()
    await server.restart()
    await server.publish(runId, ["delta", "after"])
    // It may have come back by itself meanwhile.
    await retry.click({ timeout: 3_000 }).catch(() => {})
    await page.getByText("Connected again after event 4: nothing was missed.").waitFor()
    await row(page, 5).waitFor()
  })

  it("exports every event as it came", async () => {
    const runId = await server.startExternal({ runId: "export" })
    await server.publish(runId, ["delta", { n: 1 }], ["complete", [true]])
    const page = await open("/console/run/export")
    await page.getByText("The run has ended, and all of it was read").waitFor()
    const downloading = page.waitForEvent("download")
    await page.getByRole("button", { name: "Export NDJSON" }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe("export.ndjson")
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\n")
    expect(lines.map((line) => JSON.parse(line)).map(({ type, data }) => [type, data])).toEqual([
      ["status", expect.objectContaining({ state: "running" })],
      ["delta", { n: 1 }],
      ["complete", [true]],
    ])
  })

  it("has its input, latest partial and result in tabs, which the address names", async () => {
    const input = { question: "why", deep: { list: [1, 2] } }
    const runId = await server.startExternal({ runId: "tabs", input })
    const page = await open("/console/run/tabs")
    await tab(page, "Input").click()
    await page.getByText('"question": "why"').waitFor()
    await tab(page, "Latest partial").click()
    await page.getByText("No partial has come.").waitFor()
    await server.publish(runId, ["partial", { soFar: 7 }])
    await page.getByText('"soFar": 7').waitFor()
    await tab(page, "Result").click()
    await page.getByText("The run has not ended.").waitFor()
    await server.publish(runId, ["complete", { answer: 42 }])
    await page.getByText('"answer": 42').waitFor()
    expect(page.url()).toContain("?tab=result")
    await page.reload()
    await page.getByText('"answer": 42').waitFor()
    await expectAccessible(page)
    // A tab is no step of its own.
    await page.getByRole("link", { name: "← Runs" }).click()
    await page.locator('[data-run="tabs"]').waitFor()
  })

  it("tells its course: states over time, and why it failed", async () => {
    const runId = await server.startExternal({ runId: "course" })
    const page = await open("/console/run/course")
    await page.locator("ol [data-state=running]").waitFor()
    await server.publish(runId, ["error", { message: "The model refused", code: "refused" }])
    await page.getByText("The model refused", { exact: true }).waitFor()
    await page.getByText("refused", { exact: true }).waitFor()
    await page.locator("main [data-state=failed]").first().waitFor()
    await expectAccessible(page)
  })

  it("of a run that is not there says how long runs are kept, and leads back", async () => {
    const page = await open("/console/run/never-was")
    opened.at(-1)?.complaints.allow(/404/)
    await page.getByRole("heading", { name: "This run is not here" }).waitFor()
    await page.getByText("kept for 24 hours").waitFor()
    await expectAccessible(page)
    await page.getByRole("link", { name: "See the runs that are here" }).click()
    await page.locator("[data-run]").first().waitFor()
  })
})
