import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { RedisServer } from "../../../clients/bullmq-worker/test/redisServer.js"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { TcpProxy } from "../../../clients/test/tcpProxy.js"
import { eventually } from "../../../clients/test/until.js"
import { openBrowser } from "../../browser/browser.js"
import {
  expectAccessible,
  expectNarrow,
  newContext,
  type OpenedPage,
  openPage,
} from "../webPage.js"

let browser: Browser
let context: BrowserContext
let server: RunstreamServer
let opened: OpenedPage[]

beforeAll(async () => {
  server = await RunstreamServer.start("--store", "memory")
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
beforeEach(async () => {
  opened = []
  context = await newContext(browser, { permissions: ["clipboard-read", "clipboard-write"] })
})
afterEach(async () => {
  await context.close()
  for (const { complaints } of opened) expect(complaints.all).toEqual([])
})

async function open(path: string, origin = server.origin): Promise<Page> {
  const one = await openPage(context, origin + path)
  opened.push(one)
  return one.page
}

const row = (page: Page, runId: string) => page.locator(`[data-run="${runId}"]`)
const shownRuns = (page: Page) =>
  page
    .locator("[data-run]")
    .evaluateAll((rows) => rows.map((one) => (one as HTMLElement).dataset["run"]))
const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

// The first: it needs a server without runs.
describe("the console of a new server", () => {
  it("offers a curl to paste and an example, whose run it then shows", async () => {
    const page = await open("/console")
    await page.getByText("No runs yet").waitFor()
    await expectAccessible(page)
    await page.getByRole("button", { name: "Copy", exact: true }).click()
    expect(await copied(page)).toContain(`curl ${server.origin}/api/agents/run`)
    await page.getByRole("button", { name: "Start the example" }).click()
    await page.waitForURL(/\/console\/run\/.+/)
    await page.getByText("Connected, following live").waitFor()
    await page.getByText("partial", { exact: true }).first().waitFor()
    const runId = new URL(page.url()).pathname.replace("/console/run/", "")
    expect(await server.look(runId)).toMatchObject({ agent: "fund-scenario", readers: 1 })
    await page.getByRole("button", { name: "Cancel…" }).click()
    await page.getByRole("button", { name: "Cancel the run" }).click()
    await eventually(async () => (await server.look(runId)).state === "cancelled")
    await page.getByText("The run has ended, and all of it was read").waitFor()
    await page.locator("main [data-state=cancelled]").first().waitFor()
  })
})

describe("the list of runs", () => {
  it("tells how each run stands, and follows it", async () => {
    const runId = await server.startExternal({ runId: "told" })
    await server.publish(runId, ["delta", "abc"], ["delta", "def"])
    const page = await open("/console")
    const cell = (name: string) => row(page, runId).locator(`[data-column="${name}"]`)
    await cell("State").getByText("Running").waitFor()
    expect(await cell("Agent").textContent()).toBe("external")
    expect(await cell("Events").textContent()).toBe("3")
    expect(await cell("Readers").textContent()).toBe("0")
    const reader = await open("/console/run/told")
    await reader.getByText("Connected, following live").waitFor()
    await cell("Readers").getByText("1", { exact: true }).waitFor()
    await server.publish(runId, ["complete", {}])
    await cell("State").getByText("Done").waitFor()
    expect(await cell("Events").textContent()).toBe("4")
    await expectAccessible(page)
    await expectNarrow(page, 320, 640, 1024, 1025, 1100, 1249)
    await expectNarrow(reader, 320)
  })

  it("is filtered in the address, which a reload, a link and Back keep", async () => {
    const failed = await server.startExternal({ runId: "filtered-failed" })
    await server.publish(failed, ["error", { message: "no" }])
    await server.startExternal({ runId: "filtered-open" })
    const page = await open("/console")
    await row(page, "filtered-open").waitFor()
    await page.getByRole("link", { name: "Failed", exact: true }).click()
    await row(page, "filtered-open").waitFor({ state: "detached" })
    await row(page, failed).waitFor()
    expect(page.url()).toContain("?state=failed")
    await page.getByLabel("Agent").selectOption("fund-scenario")
    await page.getByText("No run matches.").waitFor()
    expect(page.url()).toContain("?state=failed&agent=fund-scenario")
    await page.reload()
    await page.getByText("No run matches.").waitFor()
    await page.goBack()
    await row(page, failed).waitFor()
    await page.goBack()
    await row(page, "filtered-open").waitFor()
  })

  it("lets new runs wait in a bar, so that no row moves", async () => {
    await server.startExternal({ runId: "there" })
    const page = await open("/console")
    await page.locator("[data-run]").first().waitFor()
    const before = await shownRuns(page)
    const place = await page.locator("[data-run]").first().boundingBox()
    await server.startExternal({ runId: "new-1" })
    await server.startExternal({ runId: "new-2" })
    const bar = page.getByRole("button", { name: "2 new runs" })
    await bar.waitFor()
    expect(await shownRuns(page)).toEqual(before)
    expect(await page.locator("[data-run]").first().boundingBox()).toEqual(place)
    await bar.click()
    await row(page, "new-1").waitFor()
    expect(await shownRuns(page)).toEqual(["new-2", "new-1", ...before])
    await bar.waitFor({ state: "detached" })
  })

  it("has keys: j and k choose, Enter opens, Back returns", async () => {
    await server.startExternal({ runId: "key-1" })
    await server.startExternal({ runId: "key-2" })
    const page = await open("/console")
    await row(page, "key-2").waitFor()
    const chosen = () => page.locator("[data-run][aria-selected=true]").getAttribute("data-run")
    await page.keyboard.press("j")
    expect(await chosen()).toBe("key-2")
    await page.keyboard.press("j")
    expect(await chosen()).toBe("key-1")
    await page.keyboard.press("k")
    expect(await chosen()).toBe("key-2")
    await page.keyboard.press("Enter")
    await page.waitForURL("**/console/run/key-2")
    await page.goBack()
    await row(page, "key-2").waitFor()
  })

  it("asks before it cancels, naming the agent and the readers", async () => {
    const runId = await server.startExternal({ runId: "asked" })
    const reader = await open("/console/run/asked")
    await reader.getByText("Connected, following live").waitFor()
    const page = await open("/console")
    await row(page, runId).locator("[data-column=Readers]").getByText("1").waitFor()
    await row(page, runId).click()
    await page.keyboard.press("c")
    const dialog = page.getByRole("alertdialog")
    await dialog.getByText("Cancel this run of external?").waitFor()
    await dialog.getByText("One reader follows it now.").waitFor()
    await expectAccessible(page)
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    expect(await server.look(runId)).toMatchObject({ state: "running" })
    await row(page, runId).getByRole("button", { name: "Cancel…" }).click()
    await dialog.getByRole("button", { name: "Cancel the run" }).click()
    await row(page, runId).getByText("Stopping…").waitFor()
    await expect.poll(() => server.look(runId)).toMatchObject({ state: "cancelling" })
    await reader.getByText("Stopping…").first().waitFor()
  })

  it("copies an id, a link that opens the run, and a curl that follows it", async () => {
    const runId = await server.startExternal({ runId: "copied:a~b" })
    const page = await open("/console")
    await row(page, runId).getByRole("button", { name: "Copy the run's id" }).click()
    await row(page, runId).getByRole("button", { name: "Copied" }).waitFor()
    expect(await copied(page)).toBe(runId)
    await row(page, runId).getByRole("button", { name: "Copy curl" }).click()
    await eventually(async () => (await copied(page)).startsWith("curl"))
    const [, url = ""] = /'(.*)'/.exec(await copied(page)) ?? []
    const answer = await fetch(url)
    expect(answer.headers.get("content-type")).toContain("text/event-stream")
    await answer.body?.cancel()
    await row(page, runId).getByRole("button", { name: "Copy link" }).click()
    await eventually(async () => (await copied(page)).startsWith("http"))
    const linked = await open(new URL(await copied(page)).pathname)
    await linked.getByRole("heading", { name: runId }).waitFor()
  })
})

describe("the server's measures", () => {
  it("have a hole where the server hung, and the page says that there is no answer", async () => {
    const proxy = await TcpProxy.to(() => server.port)
    const page = await open("/console", proxy.origin)
    opened.at(-1)?.complaints.allow(/Failed to load resource/)
    const segments = () =>
      page.locator("[data-measure=connections] svg").getAttribute("data-segments")
    await page.getByText("Ready", { exact: true }).waitFor()
    await page.getByText("Store Memory").waitFor()
    await eventually(async () => (await segments()) === "1")
    // As a stopped process: connections stand, and nothing comes.
    proxy.stalling = true
    await page.getByText("No answer", { exact: true }).waitFor()
    await page.getByRole("alert").getByText("could not be brought up to date").waitFor()
    proxy.stalling = false
    proxy.cut()
    await page.getByText("Ready", { exact: true }).waitFor()
    await eventually(async () => (await segments()) === "2")
    await page.getByRole("alert").waitFor({ state: "detached" })
    await proxy.close()
  })

  it("are not asked for while the page is hidden, and nothing else is", async () => {
    await server.startExternal()
    await context.clock.install()
    const page = await open("/console")
    await page.getByText("Ready", { exact: true }).waitFor()
    await page.locator("[data-run]").first().waitFor()
    // A page without a window is never hidden by itself.
    const setHidden = (isHidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden })
        document.dispatchEvent(new Event("visibilitychange"))
      }, isHidden)
    let requests = 0
    page.on("request", () => requests++)
    await context.clock.runFor(4_500)
    await eventually(() => requests >= 6)
    await setHidden(true)
    requests = 0
    await context.clock.runFor(60_000)
    expect(requests).toBe(0)
    await setHidden(false)
    await eventually(() => requests >= 3)
  })

  it("are what the server counts", async () => {
    const runId = await server.startExternal({ runId: "measured" })
    const page = await open("/console")
    await page.locator("[data-measure=connections]").getByText("0", { exact: true }).waitFor()
    await page.getByText(/^Up \d/).waitFor()
    expect(await page.locator("[data-measure] dt").allTextContents()).toEqual([
      "Connections",
      "Clients",
      "Events written / s",
      "Bytes sent / s",
      "First byte, p95",
      "Running",
      expect.stringMatching(/^Buffer, of \d+ MB$/),
      "Slow readers cut",
    ])
    const reader = await open(`/console/run/${runId}`)
    await reader.getByText("Connected, following live").waitFor()
    const tile = (measure: string) => page.locator(`[data-measure=${measure}]`)
    await tile("connections").getByText("1", { exact: true }).waitFor()
    await tile("firstByteP95").getByText(/ms$/).waitFor()
    await eventually(async () => {
      await server.publish(runId, ...Array.from({ length: 50 }, () => ["delta", "x"] as const))
      const shown = await tile("eventsPerSecond").locator("dd span").first().textContent()
      // Above a thousand it is written as 1.2K.
      return Number(shown?.replace("K", "e3")) >= 20
    })
    expect(await tile("bytesPerSecond").textContent()).toMatch(/[1-9]/)
  })
})

describe("the server's state", () => {
  it("is draining when it is told to stop, and known to have been when it answers no more", async () => {
    const stopping = await RunstreamServer.start("--store", "memory", "--drain", "30s")
    try {
      // An agent that goes on holds the process.
      await stopping.start({ agent: "fund-scenario", input: { paths: 1_000_000_000 } })
      const page = await open("/console", stopping.origin)
      opened.at(-1)?.complaints.allow(/Failed to load resource/)
      await page.getByText("Ready", { exact: true }).waitFor()
      stopping.signal("SIGTERM")
      await page.getByText("Draining", { exact: true }).waitFor()
      await page.getByText("Draining, no answer", { exact: true }).waitFor()
      await page.close()
    } finally {
      await stopping.stop()
    }
  })

  it("is that its store is away, as long as it is", async () => {
    const redis = await RedisServer.start()
    const beside = await RunstreamServer.start("--store", `redis://127.0.0.1:${redis.port}`)
    try {
      const page = await open("/console", beside.origin)
      opened.at(-1)?.complaints.allow(/Failed to load resource/)
      await page.getByText("Ready", { exact: true }).waitFor()
      await page.getByText("Store Redis").waitFor()
      await redis.kill()
      await page.getByText("Store away", { exact: true }).waitFor()
      await page.getByRole("alert").getByText("could not be brought up to date").waitFor()
      await expectAccessible(page)
      await redis.restart()
      await page.getByText("Ready", { exact: true }).waitFor()
      await page.close()
    } finally {
      await beside.stop()
      await redis.stop()
    }
  })
})
