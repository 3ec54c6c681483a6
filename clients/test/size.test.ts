import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { build, type Plugin } from "esbuild"
import { expect, it } from "vitest"

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** What a page has anyway. */
const outside: Plugin = {
  name: "outside",
  setup({ onResolve }) {
    onResolve({ filter: /^(react|@runstream\/client)(\/|$)/ }, ({ path }) => ({
      path,
      external: true,
    }))
  },
}

/** The bytes that an entry brings into a page, minified and gzipped. */
async function sizeOf(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [at(entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    plugins: [outside],
  })
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length
}

it.each([
  ["client/src/index.ts", 6],
  ["client/src/tabs/index.ts", 2],
  ["react/src/index.ts", 2],
])("%s is at most %i KB, minified and gzipped", async (entry, kilobytes) => {
  const bytes = await sizeOf(entry)
  process.stdout.write(`${entry}: ${bytes} bytes\n`)
  expect(bytes).toBeGreaterThan(500)
  expect(bytes).toBeLessThanOrEqual(kilobytes * 1024)
})

it("the tabs are nothing to a page that does not import them", async () => {
  const { metafile } = await build({
    entryPoints: [at("client/src/index.ts"), at("client/src/sse/index.ts")],
    bundle: true,
    write: false,
    outdir: "out",
    metafile: true,
    format: "esm",
  })
  expect(Object.keys(metafile.inputs).filter((input) => input.includes("/tabs/"))).toEqual([])
})
