import type { Browser } from "playwright-core"

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** The processor time of its thread that it took, in microseconds. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/**
 * The longest task of a page's main thread while this is done, in milliseconds of processor time: on a machine
 * that others use too, the time on the clock says more about them. A frame is one task.
 */
export async function longestTask(browser: Browser, work: () => Promise<void>): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const events: TraceEvent[] = []
  session.on("Tracing.dataCollected", ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]))
  })
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel"] },
  })
  await work()
  const completed = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve))
  await session.send("Tracing.end")
  await completed
  await session.detach()
  const mains = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = events.filter(
    ({ name, pid, tid, tdur }) =>
      name.endsWith("RunTask") && mains.has(`${pid} ${tid}`) && tdur !== undefined,
  )
  // Without tasks nothing was measured, which must not look like none being long.
  if (tasks.length === 0) throw new Error("The trace has no task of the page")
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}
