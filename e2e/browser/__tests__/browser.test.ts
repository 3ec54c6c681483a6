import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { TcpProxy } from "../../../clients/test/tcpProxy.js"
import { eventually } from "../../../clients/test/until.js"
import { openBrowser, servePage } from "../browser.js"

let browser: Browser
let context: BrowserContext
let site: { origin: string; close(): void }
let server: RunstreamServer
let proxy: TcpProxy

beforeAll(async () => {
  site = await servePage()
  // Another origin than the page's, so that preflights and exposed headers are tried as well.
  server = await RunstreamServer.start("--cors-origin", site.origin)
  proxy = await TcpProxy.to(() => server.port)
  proxy.hastening = true
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await server?.stop()
  site?.close()
})
beforeEach(async () => {
  context = await browser.newContext()
})
afterEach(() => context.close())

/** Opens a tab that follows the run. */
async function openTab(runId: string, more: { key?: string; server?: string } = {}): Promise<Page> {
  const page = await context.newPage()
  const query = new URLSearchParams({ run: runId, server: proxy.baseUrl, ...more })
  await page.goto(`${site.origin}/?${query}`)
  return page
}

const shows = (page: Page, id: string, text: string) =>
  page.waitForFunction(
    ([id, text]) => document.getElementById(id as string)?.textContent === text,
    [id, text],
  )

/** The sequence numbers of the events that the page has applied. */
const seen = (page: Page) =>
  page.evaluate(() =>
    (window as unknown as { seen: string[] }).seen.map((id) => Number(id.split("-")[1])),
  )
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1)
const readersAre = (runId: string, count: number) =>
  eventually(async () => (await server.look(runId)).readers === count)
const dispatch = (page: Page, type: string) =>
  page.evaluate((type) => window.dispatchEvent(new Event(type)), type)

describe("in Chromium", () => {
  it("goes on after kill -9 and a restart of the server, without a doubled or a missing event", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", 1], ["delta", 2])
    const page = await openTab(runId)
    await shows(page, "count", "2")
    await server.kill()
    await shows(page, "connection", "waiting")
    await server.restart()
    await server.publish(runId, ["delta", 3], ["delta", 4])
    await dispatch(page, "online")
    await shows(page, "count", "4")
    await server.publish(runId, ["complete", "done"])
    await shows(page, "status", "completed")
    expect(await seen(page)).toEqual(upTo(6))
    expect(proxy.positions.at(-1)).toMatch(/-3$/)
  })

  it("has everything again after a reload, over one stream", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", 1], ["delta", 2])
    const page = await openTab(runId)
    await shows(page, "count", "2")
    await page.reload()
    await shows(page, "count", "2")
    await server.publish(runId, ["delta", 3])
    await shows(page, "count", "3")
    expect(await seen(page)).toEqual(upTo(4))
    await readersAre(runId, 1)
  })

  it("cancels by a click, and follows to the end", async () => {
    const runId = await server.startExternal()
    const page = await openTab(runId)
    await shows(page, "status", "running")
    await page.click("#cancel")
    await shows(page, "status", "cancelling")
    await eventually(async () => (await server.look(runId)).state === "cancelling")
    await server.publish(runId, ["error", { message: "stopped" }])
    await shows(page, "status", "cancelled")
    await readersAre(runId, 0)
  })

  it("disconnects at pagehide and comes back at pageshow with what was missed", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", 1])
    const page = await openTab(runId)
    await shows(page, "count", "1")
    await dispatch(page, "pagehide")
    await readersAre(runId, 0)
    await server.publish(runId, ["delta", 2])
    await shows(page, "connection", "waiting")
    await dispatch(page, "pageshow")
    await shows(page, "count", "2")
    expect(await seen(page)).toEqual(upTo(3))
    expect(proxy.positions.at(-1)).toMatch(/-2$/)
  })

  it("has one connection for two tabs, and the second goes on when the first is closed", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", 1])
    const one = await openTab(runId, { key: "ada" })
    await shows(one, "count", "1")
    const two = await openTab(runId, { key: "ada" })
    await shows(two, "count", "1")
    await readersAre(runId, 1)
    await server.publish(runId, ["delta", 2], ["delta", 3])
    await shows(one, "count", "3")
    await shows(two, "count", "3")
    await readersAre(runId, 1)
    await one.close()
    await server.publish(runId, ["delta", 4])
    await shows(two, "count", "4")
    await server.publish(runId, ["complete", "done"])
    await shows(two, "status", "completed")
    expect(await seen(two)).toEqual(upTo(6))
  })

  it("goes on in the second tab while the first, which leads, stands still, and when it crashes", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", 1])
    const one = await openTab(runId, { key: "ada" })
    await shows(one, "count", "1")
    const two = await openTab(runId, { key: "ada" })
    await shows(two, "count", "1")
    await readersAre(runId, 1)
    // Stopped in its tracks, with the lock in its hands.
    const tools = await context.newCDPSession(one)
    await tools.send("Debugger.enable")
    await tools.send("Debugger.pause")
    void one.evaluate(() => new Date()).catch(() => {})
    await server.publish(runId, ["delta", 2])
    await shows(two, "count", "2")
    await tools.send("Debugger.disable")
    await shows(one, "count", "2")
    await readersAre(runId, 1)
    void one.goto("chrome://crash").catch(() => {})
    await server.publish(runId, ["delta", 3])
    await shows(two, "count", "3")
    await server.publish(runId, ["complete", "done"])
    await shows(two, "status", "completed")
    expect(await seen(two)).toEqual(upTo(5))
    await readersAre(runId, 0)
  })

  it("lets nothing cross between two identities in two tabs", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", "hers"])
    const dead = await TcpProxy.to(() => server.port)
    dead.refusing = true
    // His tab reaches no server, so whatever it shows would be hers.
    const his = await openTab(runId, { key: "bob", server: dead.baseUrl })
    const hers = await openTab(runId, { key: "ada" })
    const other = await openTab(runId, { key: "eve" })
    await shows(hers, "count", "1")
    await shows(other, "count", "1")
    await readersAre(runId, 2)
    await server.publish(runId, ["delta", "more"])
    await shows(hers, "count", "2")
    await shows(other, "count", "2")
    await readersAre(runId, 2)
    expect(await his.textContent("#count")).toBe("0")
    const held = await hers.evaluate(async () =>
      ((await navigator.locks.query()).held ?? []).map(({ name }) => name ?? ""),
    )
    expect(held).toHaveLength(3)
    for (const key of ["ada", "bob", "eve"]) {
      expect(held.filter((name) => name.includes(`"${key}"`))).toHaveLength(1)
    }
    await dead.close()
  })

  it("and a native EventSource on the same run see the same ids, and that stops after the end", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["delta", 1], ["partial", 2])
    const page = await openTab(runId)
    await page.evaluate((url) => {
      const ids: string[] = []
      const source = new EventSource(url)
      for (const type of ["status", "delta", "partial", "complete", "error"]) {
        source.addEventListener(type, (event) => {
          const { data, lastEventId } = event as MessageEvent
          if (data !== undefined && lastEventId && !ids.includes(lastEventId)) ids.push(lastEventId)
        })
      }
      Object.assign(window, { native: { ids, source } })
    }, `${proxy.baseUrl}/stream/${runId}`)
    await shows(page, "count", "1")
    await server.publish(runId, ["delta", 3], ["complete", "done"])
    await shows(page, "status", "completed")
    const native = () =>
      page.evaluate(() => {
        const { ids, source } = (
          window as unknown as { native: { ids: string[]; source: EventSource } }
        ).native
        return { ids, readyState: source.readyState }
      })
    await eventually(async () => (await native()).readyState === 2)
    const ours = await page.evaluate(() => (window as unknown as { seen: string[] }).seen)
    expect((await native()).ids).toEqual(ours)
    expect(ours).toHaveLength(5)
    await readersAre(runId, 0)
  })
})
