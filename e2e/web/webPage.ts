import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { expect } from "vitest"

const requireOfClients = createRequire(
  fileURLToPath(new URL("../../clients/package.json", import.meta.url)),
)
const axe = readFileSync(requireOfClients.resolve("axe-core/axe.min.js"), "utf8")

/** What a page has complained of; a test without a reason for one expects none. */
export interface Complaints {
  readonly all: string[]
  /** Complaints that contain this are the test's own doing. */
  allow(pattern: RegExp): void
}

export interface OpenedPage {
  readonly page: Page
  readonly complaints: Complaints
}

/** A tab that notes each error and each refusal of its Content-Security-Policy. */
export async function openPage(context: BrowserContext, url: string): Promise<OpenedPage> {
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const allowed: RegExp[] = []
  const all: string[] = []
  const complain = (text: string) => {
    if (!allowed.some((pattern) => pattern.test(text))) all.push(text)
  }
  await page.exposeFunction("complainOfPolicy", complain)
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      const { complainOfPolicy } = window as unknown as { complainOfPolicy(text: string): void }
      complainOfPolicy(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
    })
  })
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complain(message.text())
  })
  page.on("pageerror", (error) => complain(`uncaught: ${error.message}`))
  await page.goto(url)
  return { page, complaints: { all, allow: (pattern) => allowed.push(pattern) } }
}

export function newContext(browser: Browser, more: object = {}): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 1440, height: 900 }, ...more })
}

interface AxeResult {
  violations: {
    id: string
    impact: string | null
    nodes: { html: string; failureSummary?: string }[]
  }[]
}

/** Expects axe to find nothing serious or critical in what is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  )
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.html}\n${node.failureSummary}`).join("\n")}`,
    )
  expect(grave).toEqual([])
}

/** Presses Tab until what has the focus says this, or fails after a hundred times. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 100; presses++) {
    await page.keyboard.press("Tab")
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null
      const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent
      return label ?? element?.getAttribute("aria-label") ?? element?.textContent ?? ""
    })
    if (name.test(focused)) return
  }
  throw new Error(`Tab does not come to ${name}`)
}

/** Expects that at none of these widths the page has to be scrolled sideways. */
export async function expectNarrow(page: Page, ...widths: readonly number[]): Promise<void> {
  const before = page.viewportSize()
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    const isWide = () => document.documentElement.scrollWidth > innerWidth
    // Charts take their new size a moment later.
    await expect.poll(() => page.evaluate(isWide), { message: `wider than ${width}` }).toBe(false)
  }
  if (before) await page.setViewportSize(before)
}
