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
  lastError: () => new Error("connect ECONNREFUSED 127.0.0.1:1"),
  close: () => {},
}
const createRun = (watch: CancelWatch) =>
  new JobRun("agents:1", new EventSender(async () => {}), () => watch)

describe("where Redis does not answer", () => {
  it("a job does not begin, and says why", async () => {
    vi.useFakeTimers()
    const begun = createRun(silent).begin(4_000, undefined)
    begun.catch(() => {})
    await vi.advanceTimersByTimeAsync(10_000)
    await expect(begun).rejects.toThrow(
      "Redis could not be asked within 10 s whether agents:1 is cancelled: connect ECONNREFUSED 127.0.0.1:1",
    )
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
