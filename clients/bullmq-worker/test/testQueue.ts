import { type Job, type JobsOptions, Queue, Worker, type WorkerOptions } from "bullmq"
import type { RedisServer } from "./redisServer.js"

type Entry = Readonly<Record<string, string>>
export interface SentEvent {
  type: string
  data: unknown
}

/** One queue with its workers, and what they leave in the queue's event stream. */
export class TestQueue {
  private static count = 0
  readonly queue: Queue
  private readonly workers: Worker[] = []

  constructor(
    private readonly redis: RedisServer,
    readonly name = `queue-${++TestQueue.count}`,
  ) {
    this.queue = new Queue(this.name, { connection: redis.connection })
    this.queue.on("error", () => {})
  }

  /** Works on this queue with a processor or a processor file. */
  work(processor: unknown, options: Partial<WorkerOptions> = {}): Worker {
    const worker = new Worker(this.name, processor as string, {
      connection: this.redis.connection,
      ...options,
    })
    worker.on("error", () => {})
    this.workers.push(worker)
    return worker
  }

  /** Adds a job and waits until it has ended for good, by the queue's event stream. */
  async run(options: JobsOptions = {}, data: unknown = {}): Promise<Ended> {
    const { id } = await this.queue.add("job", data, options)
    return this.ended(String(id))
  }

  async ended(id: string): Promise<Ended> {
    const reader = this.redis.client.duplicate()
    try {
      for (let last = "0"; ; ) {
        const read = await reader.xread("BLOCK", 10_000, "STREAMS", this.key("events"), last)
        if (!read) throw new Error(`${this.name}:${id} did not end`)
        for (const [entryId, fields] of read[0]?.[1] ?? []) {
          const { event, jobId } = entryOf(fields)
          if (jobId === id && (event === "completed" || event === "failed")) {
            return new Ended(await this.entries(id))
          }
          last = entryId
        }
      }
    } finally {
      reader.disconnect()
    }
  }

  /** What the event stream holds of a job, oldest first. */
  async entries(id: string): Promise<Entry[]> {
    const entries = await this.redis.client.xrange(this.key("events"), "-", "+")
    return entries.map(([, fields]) => entryOf(fields)).filter(({ jobId }) => jobId === id)
  }

  key(name: string): string {
    return `bull:${this.name}:${name}`
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()))
    await this.queue.close()
  }
}

/** All that the event stream says of a job that has ended. */
export class Ended {
  constructor(readonly entries: readonly Entry[]) {}

  private get last(): Entry {
    return this.entries.filter(({ event }) => event !== "retries-exhausted").at(-1) ?? {}
  }
  /** The last entry of the job: nothing may come after its end, but that there are no more attempts. */
  get end(): string {
    return this.last["event"] ?? ""
  }
  get result(): unknown {
    return JSON.parse(this.last["returnvalue"] ?? "null")
  }
  get failedReason(): string {
    return this.last["failedReason"] ?? ""
  }
  get starts(): number {
    return this.entries.filter(({ event }) => event === "active").length
  }
  /** Each progress entry as it was sent. */
  get progress(): string[] {
    return this.entries.flatMap(({ event, data }) => (event === "progress" ? [data ?? ""] : []))
  }
  get events(): SentEvent[] {
    return this.progress.flatMap((json) => JSON.parse(json).events)
  }
}

function entryOf(fields: readonly string[]): Entry {
  const entry: Record<string, string> = {}
  for (let i = 0; i < fields.length; i += 2) entry[fields[i] ?? ""] = fields[i + 1] ?? ""
  return entry
}

/** A promise and what settles it. */
export function gate<T = void>() {
  let open: (value: T) => void = () => {}
  const opened = new Promise<T>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

/** Waits as long as an agent would: until it is told to stop. It rejects with an error that knows nothing of BullMQ. */
export function untilAborted(signal: AbortSignal, error = new Error("stopped")): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(error)
    signal.addEventListener("abort", () => reject(error))
  })
}

export type { Job }
