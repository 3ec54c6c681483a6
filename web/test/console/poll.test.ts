import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { poll } from "../../src/console/poll.ts"

let isHidden = false

function setHidden(hidden: boolean): void {
  isHidden = hidden
  document.dispatchEvent(new Event("visibilitychange"))
}

beforeEach(() => {
  vi.useFakeTimers()
  isHidden = false
  Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden })
})
afterEach(() => {
  vi.useRealTimers()
})

describe("polling", () => {
  it("works at once, and then every so often after the work before, whether or not it failed", async () => {
    const work = vi.fn(() => (work.mock.calls.length === 1 ? Promise.reject() : Promise.resolve()))
    const stop = poll(work, 2000)
    expect(work).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(4000)
    expect(work).toHaveBeenCalledTimes(3)
    stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(work).toHaveBeenCalledTimes(3)
  })

  it("does not begin again while work is under way", async () => {
    const work = vi.fn(() => new Promise<void>(() => {}))
    const stop = poll(work, 2000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(work).toHaveBeenCalledTimes(1)
    stop()
  })

  it("rests while the page is hidden, and looks at once when it is seen", async () => {
    const work = vi.fn(async () => {})
    const stop = poll(work, 2000)
    await vi.advanceTimersByTimeAsync(0)
    setHidden(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(work).toHaveBeenCalledTimes(1)
    setHidden(false)
    expect(work).toHaveBeenCalledTimes(2)
    stop()
  })

  it("does not begin in a page that opens hidden", async () => {
    isHidden = true
    const work = vi.fn(async () => {})
    const stop = poll(work, 2000)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(work).not.toHaveBeenCalled()
    setHidden(false)
    expect(work).toHaveBeenCalledTimes(1)
    stop()
  })

  it("aborts what is under way when it is hidden or stopped", () => {
    const signals: AbortSignal[] = []
    const stop = poll((signal) => {
      signals.push(signal)
      return new Promise(() => {})
    }, 2000)
    setHidden(true)
    expect(signals[0]?.aborted).toBe(true)
    setHidden(false)
    stop()
    expect(signals[1]?.aborted).toBe(true)
  })
})
