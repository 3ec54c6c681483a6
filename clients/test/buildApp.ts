import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** A page's script in one file, made of our sources and the React that is installed here. */
export async function buildApp(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    nodePaths: [at("node_modules")],
    alias: {
      "@runstream/client/tabs": at("client/src/tabs/index.ts"),
      "@runstream/client": at("client/src/index.ts"),
      "@runstream/react": at("react/src/index.ts"),
    },
  })
  return outputFiles[0]?.text ?? ""
}
