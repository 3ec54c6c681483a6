import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

/** Builds the packages once before the tests that pack them. */
export default function build(): void {
  const cwd = fileURLToPath(new URL("..", import.meta.url))
  execFileSync("npm", ["run", "build"], { cwd })
}
