import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const clients = fileURLToPath(new URL("../..", import.meta.url))

/** A user's project, which has the package as it is built and the BullMQ that is under test. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "runstream-bullmq-"))

  constructor() {
    const modules = join(this.folder, "node_modules")
    const ours = join(modules, "@runstream/bullmq-worker")
    mkdirSync(ours, { recursive: true })
    for (const name of ["package.json", "dist"]) {
      cpSync(join(clients, "bullmq-worker", name), join(ours, name), { recursive: true })
    }
    symlinkSync(process.env["BULLMQ"] ?? "", join(modules, "bullmq"))
    symlinkSync(join(clients, "node_modules/ioredis"), join(modules, "ioredis"))
    symlinkSync(join(clients, "node_modules/@types"), join(modules, "@types"))
  }

  write(name: string, source: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, source)
    return path
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
