// What the console is pictured with: runs in each state, a run with many events and a gap, and some traffic.
const words = "a fund buys a part of each company that it likes, and waits".split(" ")

function api(origin) {
  const post = async (path, type, body) => {
    const response = await fetch(`${origin}/api/agents${path}`, {
      method: "POST",
      headers: { "content-type": type },
      body,
    })
    if (!response.ok) throw new Error(await response.text())
    return response.json()
  }
  return {
    start: (run) => post("/run", "application/json", JSON.stringify(run)),
    publish: (runId, events) =>
      post(
        `/run/${runId}/events`,
        "application/x-ndjson",
        events.map(([type, data]) => JSON.stringify({ type, data })).join("\n"),
      ),
  }
}

const deltas = (count, at = 0) =>
  Array.from({ length: count }, (_, i) => ["delta", { index: at + i, text: words[i % 12] }])

async function startAll({ start, publish }) {
  const external = (more) => start({ agent: "external", leaseSeconds: 3600, ...more })
  for (let at = 0; at < 9; at++) {
    const { runId } = await external()
    await publish(runId, deltas(20 + 31 * at))
    if (at % 3 === 0) await publish(runId, [["complete", { text: words.join(" ") }]])
    if (at % 4 === 1) {
      await publish(runId, [
        ["error", { message: "The model allows 60 requests a minute", code: "rate-limited" }],
      ])
    }
  }
  await start({ agent: "fund-scenario", input: { paths: 3_000 } })
  await start({ agent: "fund-scenario", input: { paths: 1_000_000 } })
  await external({ runId: "nightly-portfolio-review", input: { funds: ["Seed I", "Growth II"] } })
}

/** More than a run may hold, so that its first events are gone. */
async function fill({ publish }) {
  const line = (i) => [
    "delta",
    {
      step: i,
      company: `Company ${i % 250}`,
      value: Math.round(Math.sin(i) * 1e6) / 100,
      note: "held at the value of its last round, which closed in the spring. ".repeat(40),
    },
  ]
  const runId = "nightly-portfolio-review"
  for (let at = 0; at < 4_400; at += 200) {
    await publish(
      runId,
      Array.from({ length: 200 }, (_, i) => line(at + i)),
    )
  }
  const partial = {
    reviewed: 4_400,
    totals: { value: 1_234_567.5, writtenOff: 50 },
    byStage: [
      { stage: "seed", count: 1_800 },
      { stage: "a", count: 2_600 },
    ],
    done: false,
  }
  await publish(runId, [["partial", partial], ...deltas(4, 4_400)])
}

/** The address of the list, with readers and events coming and going for a while. */
export async function busyList(origin) {
  const calls = api(origin)
  await startAll(calls)
  const { runId } = await calls.start({ agent: "external", leaseSeconds: 3600, runId: "chat-7f3a" })
  const abort = new AbortController()
  const end = Date.now() + 100_000
  let at = 0
  const beat = async () => {
    if (Date.now() > end) return abort.abort()
    const count = Math.round(30 + 25 * Math.sin(at++ / 12) + 20 * Math.random())
    await calls.publish(runId, deltas(count)).catch(() => {})
    if (at % 9 === 1) {
      fetch(`${origin}/api/agents/stream/${runId}`, { signal: abort.signal })
        .then((response) => response.text())
        .catch(() => {})
    }
    setTimeout(beat, 500)
  }
  beat()
  return "/console"
}

/** The address of a run whose first events are gone. */
export async function runWithGap(origin) {
  const calls = api(origin)
  await calls.start({
    agent: "external",
    leaseSeconds: 3600,
    runId: "nightly-portfolio-review",
    input: { funds: ["Seed I", "Growth II"] },
  })
  await fill(calls)
  return "/console/run/nightly-portfolio-review"
}

/** How long the curves are let grow before they are pictured. */
const seconds = Number(process.env.SECONDS_OF_CURVES ?? 80)

/** Waits until five minutes' curves have something to show. */
export async function watched(page) {
  await page.locator("[data-run]").first().waitFor()
  await page.waitForTimeout(seconds * 1000)
}

export async function opened(page) {
  await page.getByText("4406", { exact: true }).waitFor()
  await page.getByRole("treegrid").focus()
  await page.keyboard.press("End")
  for (let up = 0; up < 4; up++) await page.keyboard.press("k")
  await page.keyboard.press("Enter")
  await page.locator("[role=treegrid] pre").waitFor()
}

export async function asked(page) {
  await page.locator("[data-run]").first().waitFor()
  await page.keyboard.press("j")
  await page.keyboard.press("c")
  await page.getByRole("alertdialog").waitFor()
}
