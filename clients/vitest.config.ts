import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const slow = process.env["RUNSTREAM_FAST"] ? ["**/*.slow.test.*", "../e2e/**"] : []

/** The sources, so that a test never sees a build that is older than they are. */
const sources = {
  "@runstream/client/sse": at("client/src/sse/index.ts"),
  "@runstream/client/tabs": at("client/src/tabs/index.ts"),
  "@runstream/client": at("client/src/index.ts"),
  "@runstream/react": at("react/src/index.ts"),
}
/** What is outside of this folder finds no packages by itself. */
const packages = {
  vitest: at("node_modules/vitest"),
  "playwright-core": at("node_modules/playwright-core"),
}

const withReact = (version: string, folder: string) => ({
  resolve: {
    alias: { ...sources, react: at(`${folder}/react`), "react-dom": at(`${folder}/react-dom`) },
  },
  test: {
    name: `react ${version}`,
    environment: "jsdom",
    include: ["react/test/**/*.test.{ts,tsx}"],
    exclude: slow,
    testTimeout: 20_000,
    env: { REACT_VERSION: version },
    server: { deps: { inline: [/@testing-library/] } },
    setupFiles: version === "18" ? [at("react-18/resolve.ts")] : [],
  },
})

export default defineConfig({
  server: { fs: { strict: false } },
  test: {
    // Real servers run on the same processors.
    maxWorkers: 2,
    globalSetup: [at("test/build.ts")],
    projects: [
      {
        resolve: { alias: { ...sources, ...packages } },
        test: {
          name: "client",
          environment: "node",
          include: ["client/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: slow,
          testTimeout: 20_000,
        },
      },
      withReact("19", "node_modules"),
      withReact("18", "react-18/node_modules"),
      {
        resolve: { alias: { ...sources, ...packages } },
        test: {
          name: "e2e",
          environment: "node",
          root: at(".."),
          include: ["e2e/**/*.test.ts"],
          exclude: process.env["RUNSTREAM_FAST"] ? ["**"] : [],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
