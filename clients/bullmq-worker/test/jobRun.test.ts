import { afterEach, describe, expect, it, vi } from "vitest"
import type { CancelWatch } from "../src/cancelLink.js"
import { EventSender } from "../src/eventSender.js"
import { JobRun } from "../src/jobRun.js"

afterEach(() => vi.useRealTimers())

/** A Redis that never answers. */
const silent: CancelWatch = {
  onCancel: () => {},
  listening: Promise.resolve(),
  isCancelled: () => new Promise(() => {}),
  lastError: () => undefined,
  close: () => {},
}
const createRun = (watch: CancelWatch) =>
  new JobRun("agents:1", new EventSender(async () => {}), () => watch)

describe("where Redis does not answer", () => {
  it.each([
    [undefined, "no answer"],
    [new Error("connect ECONNREFUSED 127.0.0.1:1"), "connect ECONNREFUSED 127.0.0.1:1"],
    // What Node gives where a name has two addresses.
    [Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
  ])("a job does not begin, and says why: %s", async (error, why) => {
    vi.useFakeTimers()
    const begun = createRun({ ...silent, lastError: () => error }).begin(4_000, undefined)
    begun.catch(() => {})
    await vi.advanceTimersByTimeAsync(10_000)
    await expect(begun).rejects.toThrow(
      `Redis could not be asked within 10 s whether agents:1 is cancelled: ${why}`,
    )
  })

  it("a running job has one question open, however long that takes", async () => {
    vi.useFakeTimers()
    const isCancelled = vi.fn(silent.isCancelled).mockResolvedValueOnce(false)
    const run = createRun({ ...silent, isCancelled })
    await run.begin(4_000, undefined)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(isCancelled).toHaveBeenCalledTimes(2)
    run.close()
  })

  it("a step goes on after 2 s", async () => {
    vi.useFakeTimers()
    const gone = vi.fn()
    void createRun(silent).throwIfCancelled().then(gone)
    await vi.advanceTimersByTimeAsync(1_999)
    expect(gone).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(gone).toHaveBeenCalledOnce()
  })
})
