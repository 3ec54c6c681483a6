import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { createSseParser, type SseItem } from "../../src/sse/parser.js"
import { seededRandom } from "../random.js"
import { corpus, inShort } from "./corpus.js"

const utf8 = new TextEncoder()
const bytesOf = (stream: string | Uint8Array) =>
  typeof stream === "string" ? utf8.encode(stream) : stream

/** Parses the bytes cut at these places. */
function parse(bytes: Uint8Array, cuts: readonly number[], options = {}) {
  const parser = createSseParser(options)
  const items: SseItem[] = []
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    const piece = bytes.slice(from, to)
    items.push(...parser.push(piece))
    piece.fill(0x2a)
    from = to
  }
  return { items, lastEventId: parser.lastEventId }
}

const everyByte = (bytes: Uint8Array) => Array.from({ length: bytes.length }, (_, i) => i + 1)

/** Calls with every chunking of short streams, and of longer ones with each pair of cuts and random ones. */
function forEachChunking(bytes: Uint8Array, check: (cuts: number[]) => void) {
  const { length } = bytes
  check([])
  check(everyByte(bytes))
  if (length <= 13) {
    for (let mask = 0; mask < 2 ** Math.max(0, length - 1); mask++) {
      check(
        Array.from({ length: length - 1 }, (_, i) => i + 1).filter((i) => mask & (1 << (i - 1))),
      )
    }
    return
  }
  for (let a = 0; a <= length; a++) for (let b = a; b <= length; b++) check([a, b])
  const random = seededRandom(length)
  for (let round = 0; round < 200; round++) {
    const density = random()
    check(everyByte(bytes).filter(() => random() < density))
  }
}

describe("the SSE parser", () => {
  it.each(corpus)("reads, cut anywhere: $name", ({ stream, yields, lastEventId }) => {
    const bytes = bytesOf(stream)
    const whole = parse(bytes, [])
    expect(whole.items.map(inShort)).toEqual(yields)
    if (lastEventId !== undefined) expect(whole.lastEventId).toBe(lastEventId)
    const expected = JSON.stringify(whole)
    forEachChunking(bytes, (cuts) => {
      const cut = JSON.stringify(parse(bytes, cuts))
      if (cut !== expected) expect.fail(`cut at ${cuts}: ${cut}, not ${expected}`)
    })
  })

  it("reads all of the corpus as one stream, cut at random", () => {
    const bytes = utf8.encode(
      corpus
        .map(({ stream }) => (typeof stream === "string" ? `${stream}\n\n` : ""))
        .join("id: between\n\n"),
    )
    const expected = JSON.stringify(parse(bytes, []))
    const random = seededRandom(7)
    for (let round = 0; round < 300; round++) {
      const density = random() ** 3
      const cuts = everyByte(bytes).filter(() => random() < density)
      if (JSON.stringify(parse(bytes, cuts)) !== expected) expect.fail(`cut at ${cuts}`)
    }
  })

  it("goes on from the id of the connection before", () => {
    const { items, lastEventId } = parse(utf8.encode("data: a\n\n"), [], { lastEventId: "41" })
    expect(items).toMatchObject([{ id: undefined, lastEventId: "41" }])
    expect(lastEventId).toBe("41")
  })

  it("tells the bytes of an event's lines", () => {
    const { items } = parse(utf8.encode(": none of these\nid: 1\ndata: ä\n\n"), [])
    expect(items[1]).toMatchObject({ kind: "event", bytes: "id: 1\ndata: ä\n".length + 1 })
  })
})

setFlagsFromString("--expose-gc")
const collectGarbage: () => void = runInNewContext("gc")
function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

describe("a bounded SSE parser", () => {
  const max = { maxEventBytes: 20 }

  it.each([
    ["data: 0123456789012\n\n", [{ kind: "event", bytes: 20 }]],
    ["data: 01234567890123\n\n", [{ kind: "oversized", bytes: 21 }]],
    ["data: 0123456\ndata: 789012\ndata: 3\n\n", [{ kind: "oversized" }]],
    [
      "id: 1\nevent: a\ndata: 01234567890123456789\n\ndata: b\n\n",
      [
        { kind: "oversized", id: "1", type: "a", lastEventId: "1" },
        { kind: "event", data: "b", lastEventId: "1" },
      ],
    ],
    [
      "data: 0123456789012345678901234567890123456789\nid: 2\nevent: b\ndata: more\nretry: 7\n\ndata: c\n\n",
      [
        { kind: "retry", retry: 7 },
        { kind: "oversized", id: "2", type: "b", lastEventId: "2", bytes: 82 },
        { kind: "event", data: "c", lastEventId: "2", type: "message" },
      ],
    ],
    [
      "id: 012345678901234567890\ndata: a\n\ndata: b\n\n",
      [
        { kind: "oversized", lastEventId: "" },
        { kind: "event", data: "b" },
      ],
    ],
    [
      ":0123456789012345678901234567890123456789\ndata: a\n\n",
      [{ kind: "event", data: "a", bytes: 8 }],
    ],
    [
      ": 01234567890123\n: 01234567890123\ndata: a\n\n",
      [{ kind: "comment" }, { kind: "comment" }, { kind: "event" }],
    ],
    ["data: 01234567890123456789\r\n\r\ndata: a\r\r", [{ kind: "oversized" }, { kind: "event" }]],
  ])("reads %j the same cut anywhere", (stream, expected) => {
    const bytes = utf8.encode(stream)
    const whole = parse(bytes, [], max)
    expect(whole.items).toMatchObject(expected)
    expect(whole.items).toHaveLength(expected.length)
    forEachChunking(bytes, (cuts) => {
      const cut = JSON.stringify(parse(bytes, cuts, max))
      if (cut !== JSON.stringify(whole)) expect.fail(`cut at ${cuts}: ${cut}`)
    })
  })

  it("takes an event of 1 MiB and skips a larger one, unless told otherwise", () => {
    const data = "x".repeat(2 ** 20 - "data: \n".length)
    const { items } = parse(utf8.encode(`data: ${data}\n\nid: 9\ndata: ${data}y\n\n`), [])
    expect(items.map(({ kind }) => kind)).toEqual(["event", "oversized"])
  })

  it("holds no more than the bound, however long a line or a block goes on", () => {
    const parser = createSseParser({ maxEventBytes: 1000 })
    const endless = utf8.encode("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".repeat(200))
    const endlessLine = new Uint8Array(10_000).fill(0x78)
    parser.push(endless)
    const before = heapUsed()
    for (let i = 0; i < 2_000; i++) expect(parser.push(i % 2 ? endless : endlessLine)).toEqual([])
    expect(heapUsed() - before).toBeLessThan(2_000_000)
    const [item] = parser.push(utf8.encode("\n\n"))
    expect(item).toMatchObject({ kind: "oversized" })
    expect(parser.push(utf8.encode("data: a\n\n"))).toMatchObject([{ data: "a" }])
  })
})

describe("an event of 8 MiB in pieces of 1,460 bytes", () => {
  /** Milliseconds of processor time, which other programs do not lengthen, for 8 MiB in events of this size. */
  function timeFor(mebibytes: number, line: (data: string) => string): number {
    const bytes = utf8.encode(`${line("x".repeat(mebibytes * 2 ** 20))}\n\n`)
    const begun = process.cpuUsage()
    for (let round = 0; round < 8 / mebibytes; round++) {
      const parser = createSseParser({ maxEventBytes: 2 ** 25 })
      let count = 0
      for (let at = 0; at < bytes.length; at += 1460) {
        count += parser.push(bytes.subarray(at, at + 1460)).length
      }
      expect(count).toBe(1)
    }
    return process.cpuUsage(begun).user / 1000
  }

  it.each([
    ["on one line", (data: string) => `data: ${data}`],
    ["on lines of 100 bytes", (data: string) => data.replace(/.{94}/g, "data: $&\n")],
    [
      "on lines of 100 bytes that end in CR",
      (data: string) => data.replace(/.{94}/g, "data: $&\r"),
    ],
  ])("takes linear time %s", (_, line) => {
    timeFor(0.25, line)
    const small = timeFor(0.25, line)
    const large = timeFor(8, line)
    // Quadratic time would be 32 times as long.
    expect(large).toBeLessThan(8 * small + 50)
    expect(large).toBeLessThan(3_000)
  })
})
