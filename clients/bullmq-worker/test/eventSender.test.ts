import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { encodeEvent } from "../src/event.js"
import {
  type Batch,
  EventSender,
  MAX_BATCH_BYTES,
  MAX_WAITING_BYTES,
  ROOM_BYTES,
  WINDOW_MS,
} from "../src/eventSender.js"

/** What was delivered, and who may take each delivery's time. */
let delivered: { batch: Batch; done(): void; fail(error: Error): void }[]
let sender: EventSender
/** Deliveries are done as soon as they begin. */
let isPrompt: boolean

beforeEach(() => {
  vi.useFakeTimers()
  delivered = []
  isPrompt = true
  sender = new EventSender(
    (batch) =>
      new Promise((done, fail) => {
        delivered.push({ batch, done, fail })
        if (isPrompt) done()
      }),
  )
})
afterEach(() => vi.useRealTimers())

const send = (data: unknown) => sender.send(encodeEvent("delta", data))
const batches = () => delivered.map(({ batch }) => batch.events.map(({ data }) => data))
const isPending = async (promise: Promise<unknown>) => {
  let settled = false
  promise.then(
    () => (settled = true),
    () => (settled = true),
  )
  await vi.advanceTimersByTimeAsync(0)
  return !settled
}

describe("batches", () => {
  it("go at once with all of the same turn, then every 25 ms", async () => {
    void send(1)
    void send(2)
    await vi.advanceTimersByTimeAsync(0)
    expect(batches()).toEqual([[1, 2]])
    void send(3)
    await vi.advanceTimersByTimeAsync(WINDOW_MS - 1)
    void send(4)
    expect(batches()).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(batches()).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it("go at once again after a silence", async () => {
    void send(1)
    await vi.advanceTimersByTimeAsync(WINDOW_MS)
    void send(2)
    await vi.advanceTimersByTimeAsync(0)
    expect(batches()).toEqual([[1], [2]])
  })

  it("wait for none when they are full", async () => {
    void send("first")
    await vi.advanceTimersByTimeAsync(0)
    const half = "x".repeat(MAX_BATCH_BYTES / 2 - 100)
    void send(half)
    void send(half)
    void send(half)
    await vi.advanceTimersByTimeAsync(0)
    expect(batches()).toEqual([["first"], [half, half]])
  })

  it("are never under way two at a time", async () => {
    isPrompt = false
    void send(1)
    await vi.advanceTimersByTimeAsync(1_000)
    void send(2)
    void send("x".repeat(MAX_BATCH_BYTES))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(batches()).toEqual([[1]])
    isPrompt = true
    delivered[0]?.done()
    await vi.advanceTimersByTimeAsync(0)
    expect(batches()).toEqual([[1], [2], ["x".repeat(MAX_BATCH_BYTES)]])
  })
})

describe("the number of a batch", () => {
  it("counts from 0, under a sender drawn for each attempt", async () => {
    void send(1)
    await vi.advanceTimersByTimeAsync(WINDOW_MS)
    void send(2)
    await vi.advanceTimersByTimeAsync(WINDOW_MS)
    const [first, second] = delivered.map(({ batch }) => batch)
    expect([first?.index, second?.index]).toEqual([0, 1])
    expect(second?.sender).toBe(first?.sender)
    const others: Batch[] = []
    const other = new EventSender(async (batch) => void others.push(batch))
    void other.send(encodeEvent("delta", 3))
    await vi.advanceTimersByTimeAsync(0)
    expect(others[0]?.index).toBe(0)
    expect(others[0]?.sender).not.toBe(first?.sender)
  })
})

describe("the end", () => {
  it("waits for the batch that is under way and for the last one, and for no timer", async () => {
    isPrompt = false
    void send(1)
    await vi.advanceTimersByTimeAsync(0)
    void send(2)
    const end = sender.end()
    expect(await isPending(end)).toBe(true)
    delivered[0]?.done()
    expect(await isPending(end)).toBe(true)
    expect(batches()).toEqual([[1], [2]])
    delivered[1]?.done()
    await end
  })

  it("comes at once when nothing waits", async () => {
    await sender.end()
    expect(delivered).toEqual([])
  })

  it("tells of a failure, also an earlier one that nobody awaited", async () => {
    isPrompt = false
    void send(1)
    await vi.advanceTimersByTimeAsync(0)
    void send(2)
    delivered[0]?.fail(new Error("gone"))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(batches()).toEqual([[1]])
    await expect(send(3)).rejects.toThrow("gone")
    await expect(sender.end()).rejects.toThrow("gone")
  })
})

describe("when Redis takes nothing", () => {
  const piece = "x".repeat(50_000)

  it("whoever awaits is held up past 1 MiB, until there is room", async () => {
    isPrompt = false
    for (let n = 0; n < 20; n++) expect(await isPending(send(piece))).toBe(false)
    const held = [send(piece), send(piece)]
    expect(await isPending(Promise.all(held))).toBe(true)
    isPrompt = true
    delivered[0]?.done()
    await Promise.all(held)
    expect(delivered.length).toBeLessThanOrEqual(Math.ceil((22 * 50_100 - ROOM_BYTES) / 50_000) + 1)
  })

  it("whoever is held up hears that it cannot be delivered", async () => {
    isPrompt = false
    for (let n = 0; n < 21; n++) void send(piece)
    const held = send(piece)
    await vi.advanceTimersByTimeAsync(0)
    delivered[0]?.fail(new Error("gone"))
    await expect(held).rejects.toThrow("gone")
  })

  it("whoever does not await is stopped at 16 MiB, and what was taken still goes", async () => {
    isPrompt = false
    let taken = 0
    expect(() => {
      for (; ; taken++) void send({ taken, piece })
    }).toThrow(/More than 16777216 bytes of events wait for Redis: await run\.delta\(\)/)
    expect(taken).toBe(Math.floor(MAX_WAITING_BYTES / 50_052))
    isPrompt = true
    await vi.advanceTimersByTimeAsync(0)
    delivered[0]?.done()
    await sender.end()
    expect(batches().flat()).toHaveLength(taken)
  })
})
