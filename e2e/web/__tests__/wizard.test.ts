import { readFileSync } from "node:fs"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { eventually } from "../../../clients/test/until.js"
import { openBrowser } from "../../browser/browser.js"
import {
  expectAccessible,
  expectNarrow,
  newContext,
  type OpenedPage,
  openPage,
  tabTo,
} from "../webPage.js"

let browser: Browser
let context: BrowserContext
let server: RunstreamServer
let opened: OpenedPage[]

beforeAll(async () => {
  server = await RunstreamServer.start()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
beforeEach(async () => {
  opened = []
  context = await newContext(browser, { acceptDownloads: true })
})
afterEach(async () => {
  await context.close()
  for (const { complaints } of opened) expect(complaints.all).toEqual([])
})

async function open(path: string, from: RunstreamServer = server): Promise<OpenedPage> {
  const one = await openPage(context, from.origin + path)
  opened.push(one)
  return one
}

/** What is shown may take its time while other things run on the machine. */
const poll = <T>(look: () => T) => expect.poll(look, { timeout: 60_000 })
const runIdOf = (page: Page) => new URL(page.url()).pathname.replace("/run/", "")
const shows = (page: Page, text: string) => page.getByText(text).first().waitFor()
/** Waits until the run bar says so. */
const isAt = (page: Page, state: RegExp) =>
  page.locator("[data-state]").filter({ hasText: state }).first().waitFor()
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name })
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })

/** Sets the paths, and runs what is in the form. */
async function run(page: Page, paths: string): Promise<string> {
  if (!(await field(page, "Paths").isVisible())) await button(page, /^Run .*seed/).click()
  await field(page, "Paths").fill(paths)
  const before = page.url()
  await page.keyboard.press("Enter")
  await page.waitForFunction(
    (url) => location.href !== url && location.pathname.startsWith("/run/"),
    before,
  )
  return runIdOf(page)
}

/** The half width of the net TVPI's interval that is shown, as a number. */
async function error(page: Page): Promise<number> {
  const text = await page
    .getByText(/^±[\d.]+×$/)
    .first()
    .textContent()
  return Number(text?.replace(/[±×]/g, ""))
}

/** How many colours an image has. */
function coloursOf(page: Page, png: Buffer): Promise<number> {
  return page.evaluate(
    async (url) => {
      const image = new Image()
      image.src = url
      await image.decode()
      const canvas = document.createElement("canvas")
      canvas.width = image.width
      canvas.height = image.height
      const context = canvas.getContext("2d") as CanvasRenderingContext2D
      context.drawImage(image, 0, 0)
      const { data } = context.getImageData(0, 0, image.width, image.height)
      return new Set(new Uint32Array(data.buffer)).size
    },
    `data:image/png;base64,${png.toString("base64")}`,
  )
}

describe("the fund wizard", () => {
  it("shows what follows from a fund while one types, before any run", async () => {
    const { page } = await open("/")
    const strip = page.getByTestId("strip")
    expect(await strip.textContent()).toBe(
      "Investable $81.4M of $100M · 27 cheques · reserves $36.6M",
    )
    await field(page, "Fund size").fill("200m")
    expect(await strip.textContent()).toMatch(/of \$200M · 54 cheques/)
    await expectAccessible(page)
  })

  it("runs a preset, and its results sharpen until it is done", async () => {
    const { page } = await open("/")
    await button(page, /^Seed, \$50M/).click()
    const runId = await run(page, "60000")
    await isAt(page, /^Running$/)
    await shows(page, "Net TVPI")
    const early = await error(page)
    await page.locator("svg.recharts-surface").nth(2).waitFor()
    await expectAccessible(page)
    await isAt(page, /^Done$/)
    expect(await page.getByTestId("progress").textContent()).toBe("60,000 of 60,000")
    expect(await error(page)).toBeLessThan(early)
    expect(await server.look(runId)).toMatchObject({ state: "completed" })
    await expectAccessible(page)
  })

  it("comes back to a run in its middle after a reload, with the fund that it is of", async () => {
    const { page } = await open("/")
    await field(page, "GP commitment").fill("3.5")
    const runId = await run(page, "500m")
    await page.getByTestId("progress").waitFor()
    // The form is to have it from the server, and not from what this tab kept.
    await page.evaluate(() => sessionStorage.clear())
    await page.reload()
    await page.getByTestId("progress").waitFor()
    expect(runIdOf(page)).toBe(runId)
    await poll(() => field(page, "GP commitment").inputValue()).toBe("3.5")
    await button(page, "Cancel").click()
    await page.getByText(/^Stopped at [\d,]+ paths$/).waitFor()
    await poll(() => server.look(runId)).toMatchObject({ state: "cancelled", readers: 0 })
    await shows(page, "Key figures")
  })

  it("says that the connection is lost when the server is killed, and recovers with the same run", async () => {
    const mortal = await RunstreamServer.start()
    try {
      const { page, complaints } = await open("/", mortal)
      complaints.allow(/Failed to load resource|ERR_|net::/)
      const runId = await run(page, "500m")
      await shows(page, "Key figures")
      // One that may be tried only once.
      const input = { paths: 500_000_000, seed: 7 }
      const only = await mortal.start({ agent: "fund-scenario", attempts: 1, input })
      const lost = await open(`/run/${only}`, mortal)
      lost.complaints.allow(/Failed to load resource|ERR_|net::/)
      await shows(lost.page, "Key figures")
      await mortal.kill()
      await shows(page, "Connection lost. The run goes on.")
      await mortal.restart()
      await button(page, "Retry now")
        .click({ timeout: 5000 })
        .catch(() => {})
      await shows(
        page,
        "The server restarted while it worked. It runs again by itself, with the same seed.",
      )
      await isAt(page, /^Running$/)
      await expectAccessible(page)
      expect(runIdOf(page)).toBe(runId)
      await button(page, "Cancel").click()
      await page.getByText(/^Stopped at [\d,]+ paths$/).waitFor()

      const words = lost.page.getByText("The server restarted while it worked.", { exact: true })
      await words.waitFor()
      await isAt(lost.page, /^Failed$/)
      await expectAccessible(lost.page)
      await button(lost.page, "Run again, same seed").click()
      await isAt(lost.page, /^Running$/)
      expect(runIdOf(lost.page)).not.toBe(only)
      await shows(lost.page, "seed 7")
      await words.waitFor({ state: "detached" })
      await page.close()
      await lost.page.close()
    } finally {
      await mortal.stop()
    }
  })

  it("counts faults on their step, and Run goes to the first", async () => {
    const { page } = await open("/")
    await field(page, "Fund size").fill("5")
    await field(page, "Life").focus()
    await shows(page, "From $100K to $1T")
    await button(page, /Reserves & recycling/).click()
    await field(page, "Reserves").fill("95")
    await button(page, "Go to the first of 2 faults").click()
    await poll(() => field(page, "Fund size").evaluate((it) => it === document.activeElement)).toBe(
      true,
    )
    expect(await field(page, "Fund size").getAttribute("aria-invalid")).toBe("true")
    await shows(page, "1 fault")
    await expectAccessible(page)
  })

  it("shows what the server refuses at the same fields", async () => {
    const { page, complaints } = await open("/")
    complaints.allow(/400/)
    // A server with stricter rules than the page knows of.
    await page.route("**/api/agents/run", (route) =>
      route.fulfill({
        status: 400,
        contentType: "application/problem+json",
        body: JSON.stringify({
          code: "invalid-input",
          detail: "no",
          errors: [{ field: "stages.1.cheque", message: "is not a cheque we know" }],
        }),
      }),
    )
    await button(page, /^Run 100,000 paths$/).click()
    await shows(page, "is not a cheque we know")
    await poll(() => page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe(
      "stages.1.cheque",
    )
  })

  it("compares pinned runs: outlines, the inputs that differ, the same seed", async () => {
    const { page } = await open("/")
    await button(page, /^Run .*seed/).click()
    await field(page, "Seed").fill("7")
    const first = await run(page, "3000")
    await isAt(page, /^Done$/)
    await button(page, "Pin to compare").click()
    await button(page, /Fees & carry/).click()
    await field(page, "Carried interest").fill("30")
    await run(page, "3000")
    await isAt(page, /^Done$/)
    await page.getByText("same seed", { exact: true }).waitFor()
    const inputs = page.getByRole("region", { name: "Inputs that differ" }).getByRole("row")
    expect(await inputs.allTextContents()).toEqual(["InputThis runA", "Carried interest30%20%"])
    const [, difference] = await page
      .getByRole("region", { name: "Differences of percentiles" })
      .getByRole("row")
      .allTextContents()
    expect(difference).toMatch(/^A: net TVPI.*-0\.\d\d/)
    await poll(() => page.locator("path.recharts-line-curve").count()).toBeGreaterThan(2)
    const distribution = page.getByRole("region", { name: "Distribution of Net TVPI" }).first()
    expect(await distribution.getByRole("listitem").allTextContents()).toEqual(["This run", "A"])
    await expectAccessible(page)

    const colleague = await (await newContext(browser)).newPage()
    await colleague.goto(page.url())
    await colleague.getByText("same seed", { exact: true }).waitFor()
    await button(colleague, /^Fees & carry/).click()
    await poll(() => field(colleague, "Carried interest").inputValue()).toBe("30")
    expect(new URL(page.url()).searchParams.getAll("pin")).toEqual([first])
    await colleague.context().close()
  })

  it("goes Back and Forward by the browser's own buttons", async () => {
    const { page } = await open("/")
    await run(page, "1000")
    await isAt(page, /^Done$/)
    const url = page.url()
    await page.goBack()
    await shows(page, "See how a fund may turn out")
    await page.goForward()
    await isAt(page, /^Done$/)
    expect(page.url()).toBe(url)
  })

  it("has the fund of each run in its form when one goes Back, and a draft after a reload", async () => {
    const { page } = await open("/")
    await field(page, "GP commitment").fill("4")
    await run(page, "1000")
    await button(page, /^Fund \$/).click()
    await field(page, "GP commitment").fill("6")
    await run(page, "1000")
    await isAt(page, /^Done$/)
    await button(page, /^Fund \$/).click()
    await page.goBack()
    await poll(() => field(page, "GP commitment").inputValue()).toBe("4")
    await page.goForward()
    await poll(() => field(page, "GP commitment").inputValue()).toBe("6")
    await page.goto(server.origin)
    await field(page, "GP commitment").fill("7.5")
    await page.reload()
    await poll(() => field(page, "GP commitment").inputValue()).toBe("7.5")
  })

  it("sends whoever opens a run of another agent to the console", async () => {
    const runId = await server.startExternal()
    await server.publish(runId, ["partial", { metrics: "none" }], ["complete", null])
    const { page } = await open(`/run/${runId}`)
    await shows(page, "This is a run of another agent.")
    expect(await page.getByText("The first paths are on their way.").count()).toBe(0)
    const link = page.getByRole("link", { name: "See it in the console" })
    expect(await link.getAttribute("href")).toBe(`/console/run/${runId}`)
  })

  it("keeps fifty results, and lets the oldest go", async () => {
    const { page } = await open("/")
    await run(page, "1000")
    await isAt(page, /^Done$/)
    // The result that is kept, fifty times over, each older than the next.
    const put = (newest: string) =>
      page.evaluate(async (own) => {
        const request = <T>(wanted: IDBRequest<T>) =>
          new Promise<T>((resolve, reject) => {
            wanted.onsuccess = () => resolve(wanted.result)
            wanted.onerror = () => reject(wanted.error)
          })
        const database = await request(indexedDB.open("runstream-fund"))
        const store = database.transaction("results", "readwrite").objectStore("results")
        const kept = await request(store.get(own))
        if (!kept) return false
        for (let n = 0; n < 50; n++)
          await request(store.put({ ...kept, runId: `old-${n}`, keptAt: n }))
        database.close()
        return true
      }, newest)
    await poll(() => put(runIdOf(page))).toBe(true)
    await run(page, "1500")
    await isAt(page, /^Done$/)
    await button(page, "Earlier results").click()
    await poll(() => page.getByRole("dialog").getByRole("listitem").count()).toBe(50)
    await page.getByText("only in this browser").first().waitFor()
    expect(await page.getByRole("dialog").getByText("on the server", { exact: true }).count()).toBe(
      2,
    )
    await expectAccessible(page)
  })

  it("says that it knows no such run", async () => {
    const { page, complaints } = await open("/run/nobody..1")
    complaints.allow(/404/)
    await shows(page, "The server knows no such run")
    await isAt(page, /^Not followed$/)
  })

  it("exports and imports a fund, and names what is no field", async () => {
    const { page } = await open("/")
    await button(page, /^Series A, \$150M/).click()
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button(page, "Export").click(),
    ])
    const text = readFileSync(await download.path(), "utf8")
    expect(JSON.parse(text)).toMatchObject({ fund: { size: 150_000_000 } })
    const file = (content: string) => ({
      name: "fund.json",
      mimeType: "application/json",
      buffer: Buffer.from(content),
    })
    await page
      .getByTestId("import")
      .setInputFiles(file('{"fund":{"size":42000000,"colour":"red"}}'))
    await shows(page, "Left out, as no fund has this: fund.colour")
    expect(await field(page, "Fund size").inputValue()).toBe("42M")
    // Nothing that a file may hold breaks the page or stops it, now or after a reload.
    const wild = {
      fund: { lifeYears: 1e308 },
      stages: [{ name: 5, exitMultiple: { type: "gamma" } }],
    }
    await page.getByTestId("import").setInputFiles(file(JSON.stringify(wild)))
    await shows(page, "Left out, as no fund has this: stages.0.exitMultiple")
    await page.reload()
    await button(page, /^Go to the first of \d faults$/).waitFor()
    await page.getByTestId("import").setInputFiles(file(text))
    await poll(() => field(page, "Fund size").inputValue()).toBe("150M")
    await page.getByTestId("import").setInputFiles(file("{"))
    await shows(page, "fund.json was not imported.")
  })

  it("gives each figure as a table, CSV and PNG", async () => {
    const { page } = await open("/")
    await run(page, "2000")
    await isAt(page, /^Done$/)
    const card = page.getByRole("region", { name: "Distribution of Net TVPI" }).first()
    await card.locator("svg.recharts-surface").first().waitFor()
    const save = async (name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        card.getByRole("button", { name }).click(),
      ])
      return readFileSync(await download.path())
    }
    const png = await save("PNG")
    expect(png.subarray(1, 4).toString()).toBe("PNG")
    // Twice as wide as on the page, and not an empty sheet.
    expect(png.readUInt32BE(16)).toBeGreaterThan(1200)
    expect(await coloursOf(page, png)).toBeGreaterThan(50)
    const csv = (await save("CSV")).toString().split("\r\n")
    expect(csv[0]).toBe('Net TVPI,"This run, % of paths"')
    const sum = csv.slice(1).reduce((total, line) => total + Number(line.split(",")[1] ?? 0), 0)
    expect(sum).toBeCloseTo(100, 1)
    await card.getByRole("button", { name: "Table" }).click()
    expect(await card.getByRole("row").count()).toBe(34)
    await expectAccessible(page)
  })

  it("tells a screen reader each quarter and the end, and nothing else", async () => {
    const { page } = await open("/")
    await page.evaluate(() => {
      const said: string[] = []
      Object.assign(window, { said })
      new MutationObserver(() => {
        for (const status of document.querySelectorAll('[role="status"][aria-live]')) {
          const text = status.textContent ?? ""
          if (text && said.at(-1) !== text) said.push(text)
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true })
    })
    // Long enough for quarters to be seen.
    await run(page, "120000")
    await isAt(page, /^Done$/)
    const heard = () => page.evaluate(() => (window as unknown as { said: string[] }).said)
    await poll(async () => (await heard()).at(-1)).toMatch(/^Done\. Median net TVPI \d\.\d\d×\.$/)
    const said = await heard()
    expect(said.length).toBeGreaterThan(2)
    expect(
      said.slice(0, -1).every((text) => /^(25|50|75)% of the paths are done\.$/.test(text)),
    ).toBe(true)
  })

  it("is gone through by keyboard alone", async () => {
    const { page } = await open("/")
    await tabTo(page, /^Seed, \$50M/)
    await page.keyboard.press("Enter")
    await tabTo(page, /^Next: Fees/)
    await page.keyboard.press("Enter")
    await tabTo(page, /^Carried interest/)
    await page.keyboard.type("25")
    await tabTo(page, /^Next: Stages/)
    await page.keyboard.press("Enter")
    await tabTo(page, /^Next: Reserves/)
    await page.keyboard.press("Enter")
    await tabTo(page, /^Next: Run/)
    await page.keyboard.press("Enter")
    await tabTo(page, /^Paths/)
    await page.keyboard.type("2000")
    await tabTo(page, /^Run 2,000 paths/)
    await page.keyboard.press("Enter")
    await isAt(page, /^Done$/)
    await tabTo(page, /^Pin to compare/)
    await page.keyboard.press("Enter")
    await shows(page, "Pinned")
  })

  it("is usable at the width of a phone, light and dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const phone = await newContext(browser, {
        viewport: { width: 375, height: 740 },
        colorScheme,
        hasTouch: true,
      })
      const one = await openPage(phone, `${server.origin}/`)
      opened.push(one)
      await run(one.page, "1000")
      await isAt(one.page, /^Done$/)
      await expectAccessible(one.page)
      await expectNarrow(one.page, 375, 320)
      await phone.close()
    }
  })
})

describe("the fund wizard of a small server that forgets soon, with its API elsewhere", () => {
  let small: RunstreamServer

  beforeAll(async () => {
    const where = ["--store", "memory", "--base-path", "/runs/v1"]
    small = await RunstreamServer.start(...where, "--max-runs", "1", "--retain-ended", "2s")
  })
  afterAll(() => small?.stop())

  it("finds the API where the server has it", async () => {
    const { page } = await open("/", small)
    await run(page, "1000")
    await isAt(page, /^Done$/)
    await page.close()
  })

  it("keeps a result that the server has forgotten, and says so", async () => {
    const { page, complaints } = await open("/", small)
    complaints.allow(/404|401/)
    const runId = await run(page, "1000")
    await isAt(page, /^Done$/)
    await button(page, "Earlier results").click()
    await page.getByRole("dialog").getByRole("listitem").waitFor()
    // A proxy that wants to know who asks has forgotten nothing.
    await page.route("**/stream/**", (route) => route.fulfill({ status: 401 }))
    await page.reload()
    await shows(page, "This run cannot be followed.")
    expect(await page.getByText("The server has forgotten this run.").count()).toBe(0)
    await page.unroute("**/stream/**")
    await eventually(async () => (await small.look(runId)).state === undefined, 60_000)
    await page.reload()
    await shows(page, "The server has forgotten this run.")
    await shows(page, "Key figures")
    await button(page, "Earlier results").click()
    await shows(page, "only in this browser")
    await expectAccessible(page)
  }, 120_000)

  it("says which server is busy for how long, and starts as soon as there is room", async () => {
    const other = await small.startExternal()
    const { page, complaints } = await open("/", small)
    complaints.allow(/503/)
    await button(page, /^Run 100,000 paths$/).click()
    await page.getByText(/Server busy, again in \d+ s/).waitFor()
    await small.publish(other, ["complete", {}])
    await page.waitForURL(/\/run\//)
    await page.getByTestId("progress").waitFor()
    await page.close()
  })
})
