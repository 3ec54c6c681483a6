// Beside a package.json that says "module", Node takes each .js file for one.
import { writeFileSync } from "node:fs"

writeFileSync(
  new URL("../bullmq-worker/dist/cjs/package.json", import.meta.url),
  '{ "type": "commonjs" }\n',
)
