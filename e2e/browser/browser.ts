import { execFileSync } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { type Browser, chromium } from "playwright-core"
import { buildApp } from "../../clients/test/buildApp.js"

/** The system's Chromium, as root, which allows no sandbox. */
export function openBrowser(): Promise<Browser> {
  const executablePath = execFileSync("/bin/sh", ["-c", "command -v chromium"], {
    encoding: "utf8",
  })
  return chromium.launch({ executablePath: executablePath.trim(), args: ["--no-sandbox"] })
}

/** Serves the app of this folder as a page of an origin of its own. */
export async function servePage(): Promise<{ origin: string; close(): void }> {
  const script = await buildApp(fileURLToPath(new URL("app.tsx", import.meta.url)))
  const server = createServer((request, response) => {
    const isScript = request.url === "/app.js"
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html")
    response.end(
      isScript
        ? script
        : '<!doctype html><meta charset="utf-8"><body><script src="/app.js"></script>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() }
}
