import { describe, expect, it } from "vitest"
import { filtersIn, listAddress, runAddress, runIdIn, tabIn } from "../../src/console/addresses.ts"

const at = (path: string) => new URL(path, "http://localhost:8080")

describe("an address", () => {
  it.each([
    {},
    { state: "running" as const },
    { agent: "fund-scenario" },
    { state: "failed" as const, agent: "a&b=c" },
  ])("holds the filters %o, and gives them back", (filters) => {
    const none = { state: undefined, agent: undefined }
    expect(filtersIn(at(listAddress(filters)))).toEqual({ ...none, ...filters })
  })

  it("of a state that does not exist filters nothing", () => {
    expect(filtersIn(at("/console?state=gone&agent="))).toEqual({
      state: undefined,
      agent: undefined,
    })
  })

  it("names a run, whatever its name", () => {
    for (const runId of ["a", "a:b~c.d-e_f"]) expect(runIdIn(at(runAddress(runId)))).toBe(runId)
    expect(runIdIn(at("/console"))).toBeNull()
    expect(runIdIn(at("/console/run/"))).toBeNull()
    expect(runIdIn(at("/console/run/%"))).toBeNull()
  })

  it("names a tab, and the events where it names none that exists", () => {
    expect(tabIn(at(runAddress("a", "input")))).toBe("input")
    expect(tabIn(at(runAddress("a")))).toBe("events")
    expect(tabIn(at("/console/run/a?tab=x"))).toBe("events")
  })
})
