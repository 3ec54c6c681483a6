// Files of a source that is gone would be packed too.
import { rmSync } from "node:fs"

for (const name of ["client", "react", "bullmq-worker"]) {
  rmSync(new URL(`../${name}/dist`, import.meta.url), { recursive: true, force: true })
}
