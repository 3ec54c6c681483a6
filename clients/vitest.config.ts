import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** Without servers and browsers. */
const isFast = !!process.env["RUNSTREAM_FAST"]
const slow = ["**/*.slow.test.*"]

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

/** As Node finds it; what it has for bundlers is another file. */
const withBullmq = (version: string, folder: string) => ({
  resolve: { alias: { bullmq: at(`${folder}/dist/cjs/index.js`) } },
  test: {
    name: `bullmq ${version}`,
    environment: "node" as const,
    include: ["bullmq-worker/test/**/*.test.ts"],
    exclude: isFast ? slow : [],
    globalSetup: isFast ? [] : [at("test/build.ts")],
    testTimeout: 20_000,
    env: { BULLMQ: at(folder) },
    server: { deps: { inline: [/@nestjs.bullmq/] } },
  },
})

export default defineConfig({
  server: { fs: { strict: false } },
  test: {
    // Real servers run on the same processors.
    maxWorkers: 2,
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
      {
        resolve: { alias: { ...sources, ...packages } },
        test: {
          name: "servers",
          environment: "node",
          include: isFast ? [] : ["test/**/*.slow.test.ts"],
          globalSetup: isFast ? [] : [at("test/build.ts")],
          testTimeout: 20_000,
        },
      },
      {
        server: { fs: { strict: false } },
        resolve: {
          alias: {
            ...sources,
            vitest: packages.vitest,
            "@testing-library/react": at("node_modules/@testing-library/react"),
            react: at("../web/node_modules/react"),
            "react-dom": at("../web/node_modules/react-dom"),
          },
        },
        test: {
          name: "web",
          environment: "jsdom",
          root: at(".."),
          include: ["web/test/**/*.test.{ts,tsx}"],
          testTimeout: 20_000,
          server: { deps: { inline: [/@testing-library/] } },
        },
      },
      withReact("19", "node_modules"),
      withReact("18", "react-18/node_modules"),
      withBullmq("5", "node_modules/bullmq5"),
      withBullmq("6", "node_modules/bullmq"),
      {
        resolve: { alias: { ...sources, ...packages } },
        test: {
          name: "e2e",
          environment: "node",
          root: at(".."),
          include: isFast ? [] : ["e2e/**/*.test.ts"],
          globalSetup: isFast ? [] : [at("test/build.ts")],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
