import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

// Each project of vitest loads this anew.
const built = Symbol.for("runstream.clients.built")
const process = globalThis as { [built]?: boolean }

/** Builds the packages once before the tests that pack them or load them as they are built. */
export default function build(): void {
  if (process[built]) return
  const cwd = fileURLToPath(new URL("..", import.meta.url))
  execFileSync("npm", ["run", "build"], { cwd })
  process[built] = true
}
