import { describe, expect, it } from "vitest"
import { utf8Size } from "../../src/console/events/eventRows.ts"
import { toNdjson } from "../../src/console/events/exportRows.ts"
import { partsOf, prettyJson } from "../../src/console/events/prettyJson.ts"
import { RowFilter } from "../../src/console/events/rowFilter.ts"
import { RowStore } from "../../src/console/events/rowStore.ts"
import { visible } from "../../src/console/events/visible.ts"

function add(store: RowStore, from: number, to: number, type = "delta", data = "x"): void {
  for (let seq = from; seq <= to; seq++) {
    store.addEvent({ id: `1-${seq}`, seq, type, raw: JSON.stringify(`${data}${seq}`) })
  }
}
const everything = { types: new Set<string>(), search: "" }

describe("the rows of a run", () => {
  it("stay within their bounds: the oldest go, and a gap says which", () => {
    const store = new RowStore({ mostRows: 100, mostChars: 1_000_000 })
    add(store, 1, 1000)
    expect(store.rows.length).toBeLessThanOrEqual(101)
    const [first, second] = store.rows
    expect(first).toMatchObject({ kind: "gap", from: 1, reason: "dropped" })
    expect(second).toMatchObject({ kind: "event", seq: first?.kind === "gap" ? first.to + 1 : 0 })
    expect(store.rows.at(-1)).toMatchObject({ seq: 1000 })
    expect(store.gaps).toEqual([first])
  })

  it("stay within the characters that their data may have, too", () => {
    const store = new RowStore({ mostRows: 1000, mostChars: 5_000 })
    add(store, 1, 40, "delta", "y".repeat(1000))
    const kept = store.rows.filter((row) => row.kind === "event")
    expect(kept.length).toBeLessThanOrEqual(5)
    expect(kept.at(-1)).toMatchObject({ seq: 40 })
  })

  it("count their types, also of those that have gone", () => {
    const store = new RowStore({ mostRows: 10, mostChars: 1000 })
    add(store, 1, 30)
    add(store, 31, 32, "partial")
    expect(Object.fromEntries(store.counts)).toEqual({ delta: 30, partial: 2 })
  })
})

describe("a filter", () => {
  it("shows the chosen types, and gaps and notes in any case", () => {
    const store = new RowStore()
    add(store, 1, 2)
    store.addGap({ from: 3, to: 9, reason: "missed" })
    add(store, 10, 10, "partial")
    store.addNote("Connected again")
    const { shown } = new RowFilter(store, { types: new Set(["partial"]), search: "" }).update()
    expect(shown.map(({ kind }) => kind)).toEqual(["gap", "event", "note"])
  })

  it("finds a text in any case, also in what comes later", () => {
    const store = new RowStore()
    add(store, 1, 3, "delta", "Apple")
    const filter = new RowFilter(store, { types: new Set(), search: "aPPle3" })
    expect(filter.update().found).toEqual([2])
    add(store, 4, 40, "delta", "apple")
    expect(filter.update().found).toEqual([2, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38])
  })

  it("forgets what the rows have let go", () => {
    const store = new RowStore({ mostRows: 10, mostChars: 1000 })
    add(store, 1, 5)
    const filter = new RowFilter(store, everything)
    filter.update()
    add(store, 6, 11)
    expect(filter.update().shown).toEqual(store.rows)
    store.clear()
    expect(filter.update().shown).toEqual([])
  })
})

describe("JSON", () => {
  it("is set over lines, token for token", () => {
    const raw = '{"a":[1.0,1e400,{}],"b":{"c":"x,{\\"y\\"}\\u00e9"},"a":[],"d":true}'
    expect(prettyJson(raw)).toBe(
      [
        "{",
        '  "a": [',
        "    1.0,",
        "    1e400,",
        "    {}",
        "  ],",
        '  "b": {',
        '    "c": "x,{\\"y\\"}\\u00e9"',
        "  },",
        '  "a": [],',
        '  "d": true',
        "}",
      ].join("\n"),
    )
    expect(prettyJson('"only a text"')).toBe('"only a text"')
    expect(prettyJson("-1")).toBe("-1")
  })

  it("is told apart by what it is, and nothing is lost", () => {
    const pretty = prettyJson('{"a":[1,-2.5e3,"b: c",null]}')
    const parts = partsOf(pretty)
    expect(parts.map(({ text }) => text).join("")).toBe(pretty)
    expect(parts.filter(({ kind }) => kind !== "plain").map(({ kind }) => kind)).toEqual([
      "key",
      "number",
      "number",
      "string",
      "word",
    ])
  })

  it.each(["", "abc", "é", "漢字", "🎈 and more"])("has the size of %j in UTF-8", (text) => {
    expect(utf8Size(text)).toBe(new TextEncoder().encode(text).length)
  })
})

it("an export is a line for each event, with its data as it came, and for each gap", async () => {
  const store = new RowStore()
  store.addEvent({ id: "7-1", seq: 1, type: "delta", raw: '{"n":1.0}' })
  store.addGap({ from: 2, to: 4, reason: "missed" })
  store.addNote("Connected again")
  const reader = new FileReader()
  const text = await new Promise((resolve) => {
    reader.onload = () => resolve(reader.result)
    reader.readAsText(toNdjson(store.rows))
  })
  expect(text).toBe(
    '{"id":"7-1","type":"delta","data":{"n":1.0}}\n{"type":"gap","from":2,"to":4,"reason":"missed"}\n',
  )
})

it("characters that turn the direction of text are written as their escapes", () => {
  expect(visible('{"a":"\u202eexe.txt\u2066 é 👩‍👧"}')).toBe('{"a":"\\u202eexe.txt\\u2066 é 👩‍👧"}')
  expect(JSON.parse(visible('"\u202ex"'))).toBe("\u202ex")
})
