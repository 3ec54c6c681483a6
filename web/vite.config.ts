import { fileURLToPath } from "node:url"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** For `npm run dev`: where a server runs. */
const target = process.env["RUNSTREAM_SERVER"] ?? "http://127.0.0.1:8080"

export default defineConfig({
  plugins: [react()],
  resolve: {
    // The sources, so that the pages need no other build before theirs.
    alias: {
      "@runstream/client/tabs": at("../clients/client/src/tabs/index.ts"),
      "@runstream/client": at("../clients/client/src/index.ts"),
      "@runstream/react": at("../clients/react/src/index.ts"),
    },
    dedupe: ["react", "react-dom"],
  },
  build: {
    target: "es2023",
    // Nothing is inlined into the pages, which their Content-Security-Policy would refuse.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
    rolldownOptions: {
      input: { wizard: at("index.html"), console: at("console.html") },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api/agents", "/metrics", "/healthz", "/readyz"].map((path) => [path, { target }]),
    ),
  },
})
