import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const runstream = fileURLToPath(new URL("../../runstream", import.meta.url))

/** A real server, as a user starts it, on the loopback. */
export class RunstreamServer {
  private readonly data = mkdtempSync(join(tmpdir(), "runstream-clients-"))
  private process: ChildProcess | undefined
  private ended: Promise<unknown> = Promise.resolve()
  private said = ""
  port = 0

  private constructor(private readonly flags: readonly string[]) {}

  /** Starts one with these flags, and its own folder of data, on a free port. */
  static async start(...flags: string[]): Promise<RunstreamServer> {
    const server = new RunstreamServer(flags)
    await server.restart()
    return server
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`
  }
  get baseUrl() {
    const at = this.flags.indexOf("--base-path")
    return this.origin + (at < 0 ? "/api/agents" : this.flags[at + 1])
  }

  /** Starts it, again on the port it had, with the data it had. */
  async restart(): Promise<void> {
    const flags = ["serve", "--port", String(this.port), "--data", this.data, ...this.flags]
    const child = spawn(runstream, flags, {
      stdio: ["ignore", "pipe", "pipe"],
      // As small as it gets: several of them run beside browsers, for less time than the second compiler needs. It
      // looks at every buffer, whether it is released.
      env: {
        ...process.env,
        RUNSTREAM_MEMORY: "512MB",
        RUNSTREAM_JAVA_OPTS: [
          "-XX:TieredStopAtLevel=1",
          "-Dio.netty.leakDetection.level=paranoid",
          "-Dio.netty.leakDetection.acquireAndReleaseOnly=true",
        ].join(" "),
      },
    })
    this.process = child
    this.ended = new Promise((resolve) => child.once("exit", resolve))
    this.said = ""
    this.port = await new Promise<number>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        this.said += chunk
        const ready = /http:\/\/127\.0\.0\.1:(\d+)/.exec(this.said)
        if (ready) resolve(Number(ready[1]))
      }
      child.stdout?.on("data", listen)
      child.stderr?.on("data", (chunk) => {
        this.said += chunk
      })
      child.once("exit", () => reject(new Error(`The server did not start:\n${this.said}`)))
    })
  }

  /** Sends its process a signal, and waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    this.process?.kill(signal)
  }

  /** Ends its process the hard way. Fails if the server found a buffer that was never released. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.signal(signal)
    await this.ended
    if (this.said.includes("LEAK:")) throw new Error(`The server leaks:\n${this.said}`)
  }

  async stop(): Promise<void> {
    try {
      await this.kill()
    } finally {
      rmSync(this.data, { recursive: true, force: true })
    }
  }

  /** Starts a run, which gives its id. */
  async start(run: object): Promise<string> {
    const response = await fetch(`${this.baseUrl}/run`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(run),
    })
    const { runId } = (await response.json()) as { runId: string }
    return runId
  }

  /** Starts a run whose events a test publishes. */
  startExternal(more: object = {}): Promise<string> {
    return this.start({ agent: "external", leaseSeconds: 600, ...more })
  }

  /** Publishes these events of an external run: pairs of type and data. */
  async publish(
    runId: string,
    ...events: (readonly [type: string, data: unknown])[]
  ): Promise<void> {
    const response = await fetch(`${this.baseUrl}/run/${runId}/events`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: events.map(([type, data]) => JSON.stringify({ type, data })).join("\n"),
    })
    if (!response.ok) throw new Error(`Not published: ${await response.text()}`)
  }

  /** What the server says of the run itself. */
  async look(runId: string): Promise<{ state: string; readers: number; lastEventId: string }> {
    const response = await fetch(`${this.baseUrl}/run/${runId}`)
    return (await response.json()) as { state: string; readers: number; lastEventId: string }
  }
}
