import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Redis } from "ioredis"

/** A real Redis on the loopback, with data that outlive a restart. */
export class RedisServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "runstream-redis-"))
  private process: ChildProcess | undefined
  private ended: Promise<unknown> = Promise.resolve()
  /** Asks and changes what a test is about. */
  readonly client: Redis

  private constructor(
    readonly port: number,
    private readonly flags: readonly string[],
  ) {
    this.client = new Redis({ port, maxRetriesPerRequest: null, retryStrategy: () => 20 })
    this.client.on("error", () => {})
  }

  static async start(...flags: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), flags)
    await server.restart()
    return server
  }

  /** A Cluster of one server. */
  static async startCluster(): Promise<RedisServer> {
    const server = await RedisServer.start(
      "--cluster-enabled",
      "yes",
      "--cluster-announce-ip",
      "127.0.0.1",
    )
    await server.client.cluster("ADDSLOTSRANGE", 0, 16_383)
    while (!String(await server.client.cluster("INFO")).includes("cluster_state:ok")) {
      await new Promise(setImmediate)
    }
    return server
  }

  /** What BullMQ takes as `connection`. */
  get connection() {
    return { host: "127.0.0.1", port: this.port }
  }

  async restart(): Promise<void> {
    const flags = ["--bind", "127.0.0.1", "--port", String(this.port), "--dir", this.folder]
    const kept = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
    const child = spawn("redis-server", [...flags, ...kept, ...this.flags])
    this.process = child
    this.ended = new Promise((resolve) => child.once("exit", resolve))
    await new Promise<void>((resolve, reject) => {
      let said = ""
      child.stdout.on("data", (chunk) => {
        said += chunk
        if (said.includes("Ready to accept connections")) resolve()
      })
      child.once("exit", () => reject(new Error(`Redis did not start:\n${said}`)))
    })
    await this.client.ping()
  }

  /** Leaves all connections standing, and answers on none. */
  freeze(): void {
    this.process?.kill("SIGSTOP")
  }
  thaw(): void {
    this.process?.kill("SIGCONT")
  }

  async kill(): Promise<void> {
    this.process?.kill("SIGKILL")
    await this.ended
  }

  async stop(): Promise<void> {
    this.client.disconnect()
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The connections that the package has open now, by what they are for. */
  async ours(): Promise<{ listening: number; asking: number }> {
    const list = String(await this.client.client("LIST"))
    const count = (name: string) => list.split(`name=runstream:cancel:${name} `).length - 1
    return { listening: count("listen"), asking: count("ask") }
  }

  /** What the server does when a run is cancelled. */
  async cancel(runId: string, { push = true, prefix = "ai:" } = {}): Promise<void> {
    await this.client.set(`${prefix}run:${runId}:cancel`, "1", "EX", 300)
    if (push) await this.client.publish(`${prefix}run:cancel`, runId)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
