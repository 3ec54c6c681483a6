import { describe, expect, it } from "vitest"
import { encodeEvent, MAX_DEPTH, MAX_EVENT_BYTES } from "../src/event.js"

const nested = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth))

describe("an event", () => {
  it("is any JSON, and takes what its envelope takes", () => {
    for (const data of [null, 0, "ä", [], { a: ["}", '\\"['] }]) {
      const { json, bytes } = encodeEvent("delta", data)
      expect(JSON.parse(json)).toEqual(data)
      expect(bytes).toBe(Buffer.byteLength(JSON.stringify({ type: "delta", data })))
    }
  })

  it.each([undefined, () => {}, Symbol("s")])("is refused without a JSON form: %s", (data) => {
    expect(() => encodeEvent("delta", data)).toThrow(/run\.delta\(\) needs data/)
  })

  it("is refused as soon as it is too large, counted in UTF-8", () => {
    const fits = "ä".repeat(MAX_EVENT_BYTES / 2 - 1)
    expect(encodeEvent("partial", fits).json).toHaveLength(MAX_EVENT_BYTES / 2 + 1)
    expect(() => encodeEvent("partial", `${fits}a`)).toThrow(
      "run.partial() was given 262145 bytes of JSON; an event has at most 262144",
    )
  })

  it("is refused when it is nested too deep, and brackets in texts do not count", () => {
    expect(encodeEvent("delta", nested(MAX_DEPTH)).json).toHaveLength(2 * MAX_DEPTH)
    expect(() => encodeEvent("delta", nested(MAX_DEPTH + 1))).toThrow(/nested deeper than 500/)
    expect(encodeEvent("delta", `\\"${"[".repeat(5_000)}`).json).toContain("[[[")
  })

  it("that is a status is an object that leaves the server what is the server's", () => {
    for (const data of ["text", 1, null, ["a"]]) {
      expect(() => encodeEvent("status", data)).toThrow(TypeError)
    }
    expect(() => encodeEvent("status", { state: "done" })).toThrow(/`state` is the server's/)
    expect(() => encodeEvent("status", { attempt: 2 })).toThrow(/`attempt` is the server's/)
    expect(encodeEvent("status", { message: "on", more: 1 }).json).toContain("more")
  })
})
