import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const clients = fileURLToPath(new URL("..", import.meta.url))

/** What the files of a folder import, without types, which are gone when it runs. */
function importsOf(folder: string): string[] {
  return readdirSync(`${clients}/${folder}`, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => {
      const source = readFileSync(`${clients}/${folder}/${name}`, "utf8")
      return [...source.matchAll(/^(?:import|export) (?!type )[^"();]* from "([^"]+)"/gm)].map(
        ([, path]) => path ?? "",
      )
    })
}

describe("arrows point inward", () => {
  it.each([
    ["client/src/sse", ["run", "stream", "tabs"]],
    ["client/src/run", ["stream", "tabs"]],
    ["client/src/stream", ["tabs"]],
  ])("%s knows none of %j", (folder, unknown) => {
    const imports = importsOf(folder)
    expect(imports.length).toBeGreaterThan(3)
    for (const name of unknown) {
      expect(imports.filter((path) => path.includes(`/${name}/`))).toEqual([])
    }
  })

  it("the client knows no package, and react only React and the client's entry", () => {
    expect(importsOf("client/src").filter((path) => !path.startsWith("."))).toEqual([])
    const outside = new Set(importsOf("react/src").filter((path) => !path.startsWith(".")))
    expect(outside).toEqual(new Set(["react", "@runstream/client"]))
  })

  it("what is for workers knows BullMQ and Node, and neither of the others", () => {
    const outside = new Set(importsOf("bullmq-worker/src").filter((path) => !path.startsWith(".")))
    expect(outside).toEqual(new Set(["bullmq", "node:crypto", "node:util"]))
  })
})
