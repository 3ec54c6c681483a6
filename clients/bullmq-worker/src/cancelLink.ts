import type { ConnectionOptions } from "bullmq"
import { connect, type Differences, duplicate, type RedisClient } from "./redis.js"

/** How long a connection stays after the last job of a worker that cannot be seen, as in a sandbox. */
export const LINGER_MS = 10_000
const MAX_RETRY_MS = 2_000

/** What a link needs to see of a worker: BullMQ's `Worker` is one. */
export interface SeenWorker {
  once(event: "closed", listener: () => void): unknown
}

/**
 * This process's way to hear of cancels in one Redis: one connection that is subscribed to the channel of cancels and
 * one that asks for tokens, however many jobs, workers and queues there are.
 *
 * It is open while a job is watched or a worker that had one is not closed, then {@link LINGER_MS} more if a worker
 * could not be seen. Lost connections are made anew without end, and then every watched job's token is asked for.
 */
export class CancelLink {
  readonly #prefix: string
  readonly #watched = new Map<string, Set<CancelWatch>>()
  readonly #workers = new Set<SeenWorker>()
  readonly #asking: Promise<RedisClient>
  readonly #listening: Promise<void>
  readonly #clients: RedisClient[] = []
  #lastError: Error | undefined
  #isClosed = false
  readonly #onClose: () => void
  #linger: ReturnType<typeof setTimeout> | undefined

  constructor(connection: ConnectionOptions, prefix: string, onClose: () => void) {
    this.#prefix = prefix
    this.#onClose = onClose
    this.#asking = this.#adopt(connect(connection, this.#differences("ask"), this.#onError))
    this.#listening = this.#listen()
    // What cannot be used at all is not kept: the next job tries anew.
    this.#listening.catch(() => this.#close())
  }

  /** Tells `onCancel` of each sign that a run is cancelled, until the watch is closed. */
  watch(runId: string, worker: SeenWorker | undefined, onCancel: () => void): CancelWatch {
    clearTimeout(this.#linger)
    if (worker) this.#holdFor(worker)
    const watches = this.#watched.get(runId) ?? new Set()
    this.#watched.set(runId, watches)
    const watch: CancelWatch = {
      onCancel,
      listening: this.#listening,
      isCancelled: () => this.#isCancelled(runId),
      lastError: () => this.#lastError,
      close: () => {
        watches.delete(watch)
        if (watches.size === 0) this.#watched.delete(runId)
        this.#release(worker ? 0 : LINGER_MS)
      },
    }
    watches.add(watch)
    return watch
  }

  async #isCancelled(runId: string): Promise<boolean> {
    const client = await this.#asking
    const token = `${this.#prefix}run:${runId}:cancel`
    try {
      return (await client.get(token)) !== null
    } catch (error) {
      throw new Error(`${token} could not be read: ${(error as Error).message}`, { cause: error })
    }
  }

  async #listen(): Promise<void> {
    const asking = await this.#asking
    const client = duplicate(asking, this.#differences("listen"))
    await this.#adopt(Promise.resolve(client))
    client.on("error", this.#onError)
    client.on("message", (_channel, runId) => {
      for (const { onCancel } of this.#watched.get(runId) ?? []) onCancel()
    })
    // What was told while the connection was away is not told again.
    client.on("ready", () => this.#askForAll())
    try {
      await client.subscribe(`${this.#prefix}run:cancel`)
    } catch (error) {
      if (this.#isClosed) return
      process.emitWarning(
        `Cancels reach running jobs only by the check every few seconds: ${(error as Error).message}`,
        { type: "RunstreamWarning", code: "RUNSTREAM_NO_PUSH" },
      )
    }
  }

  #askForAll(): void {
    for (const [runId, watches] of this.#watched) {
      const tell = (isCancelled: boolean) => {
        if (isCancelled) for (const { onCancel } of watches) onCancel()
      }
      this.#isCancelled(runId).then(tell, this.#onError)
    }
  }

  #holdFor(worker: SeenWorker): void {
    if (this.#workers.has(worker)) return
    this.#workers.add(worker)
    worker.once("closed", () => {
      this.#workers.delete(worker)
      this.#release(0)
    })
  }

  #release(lingerMs: number): void {
    if (this.#workers.size > 0 || this.#watched.size > 0) return
    if (lingerMs === 0) return this.#close()
    clearTimeout(this.#linger)
    this.#linger = setTimeout(() => this.#close(), lingerMs)
    this.#linger.unref()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#onClose()
    for (const client of this.#clients) client.disconnect()
  }

  /** Has a connection closed with this link, also one that comes later. */
  async #adopt(connecting: Promise<RedisClient>): Promise<RedisClient> {
    const client = await connecting
    if (this.#isClosed) client.disconnect()
    else this.#clients.push(client)
    return client
  }

  #differences(to: string): Differences {
    return {
      connectionName: `runstream:cancel:${to}`,
      maxRetriesPerRequest: null,
      enableOfflineQueue: true,
      autoResubscribe: true,
      retryStrategy: (times) => (this.#isClosed ? null : Math.min(25 * 2 ** times, MAX_RETRY_MS)),
    }
  }

  readonly #onError = (error: Error) => {
    this.#lastError = error
  }
}

/** One job's eye on its cancel. */
export interface CancelWatch {
  readonly onCancel: () => void
  /** Resolves once pushes arrive, or it is known that none will. */
  readonly listening: Promise<void>
  /** Asks for the token. Waits as long as Redis is away. */
  isCancelled(): Promise<boolean>
  /** Why the connection was lost or could not be had the last time. */
  lastError(): NodeJS.ErrnoException | undefined
  close(): void
}
