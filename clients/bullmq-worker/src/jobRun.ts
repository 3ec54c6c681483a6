import { UnrecoverableError } from "bullmq"
import type { CancelWatch } from "./cancelLink.js"
import { type EventType, encodeEvent } from "./event.js"
import type { EventSender } from "./eventSender.js"
import { within } from "./patience.js"
import type { Run, RunTypes, StatusData } from "./types.js"

/** How long a job waits to learn that it is not cancelled, before it fails for not knowing. */
export const START_PATIENCE_MS = 10_000
/** How long work waits for the token before it goes on without knowing. */
export const STEP_PATIENCE_MS = 2_000

/** One attempt at a job, as its processor sees it and as the wrapper begins and ends it. */
export class JobRun<E extends RunTypes> implements Run<E> {
  readonly runId: string
  readonly #events: EventSender
  readonly #aborting = new AbortController()
  readonly #watch: CancelWatch
  #checking: ReturnType<typeof setInterval> | undefined
  #isAsking = false
  /** What the processor is ended with once the run is cancelled. */
  #cancelled: UnrecoverableError | undefined
  #hasEnded = false
  #hasWarned = false

  constructor(
    runId: string,
    events: EventSender,
    watch: (runId: string, onCancel: () => void) => CancelWatch,
  ) {
    this.runId = runId
    this.#events = events
    this.#watch = watch(runId, () => this.#cancel())
  }

  get signal(): AbortSignal {
    return this.#aborting.signal
  }

  readonly delta: Run<E>["delta"] = (data) => this.#send("delta", data)
  readonly partial: Run<E>["partial"] = (data) => this.#send("partial", data)
  readonly status = (status: string | StatusData) =>
    this.#send("status", typeof status === "string" ? { message: status } : status)

  readonly throwIfCancelled = async (): Promise<void> => {
    await this.isCancelled()
    this.signal.throwIfAborted()
  }

  /** Whether the run is cancelled, by what is known or by asking; what cannot be found out counts as no. */
  async isCancelled(): Promise<boolean> {
    if (this.#cancelled) return true
    const asked = await within(STEP_PATIENCE_MS, this.#watch.isCancelled()).catch(() => false)
    if (asked) this.#cancel()
    return this.#cancelled !== undefined
  }

  /**
   * Begins the work: throws if the run is cancelled already, or if that cannot be found out.
   *
   * @param checkMs how often the token is asked for from now on
   * @param signal what fires when the worker cancels the job
   */
  async begin(checkMs: number, signal: AbortSignal | undefined): Promise<void> {
    // In this order, so that a cancel is either pushed or found.
    const asked = this.#watch.listening.then(() => this.#watch.isCancelled())
    const isCancelled = await within(START_PATIENCE_MS, asked)
    if (isCancelled === undefined) {
      const { message = "no answer", code = "" } = this.#watch.lastError() ?? {}
      throw new Error(
        `Redis could not be asked within ${START_PATIENCE_MS / 1_000} s whether ${this.runId} is cancelled: ${message || code}`,
      )
    }
    if (isCancelled) this.#cancel()
    if (this.#cancelled) throw this.#cancelled
    this.#checking = setInterval(() => void this.#check(), checkMs)
    this.#checking.unref()
    if (signal?.aborted) this.#abort(signal.reason)
    signal?.addEventListener("abort", () => this.#abort(signal.reason), { once: true })
  }

  /** Lets nothing in any more, and resolves when all that was let in is delivered. */
  end(): Promise<void> {
    this.#hasEnded = true
    return this.#events.end()
  }

  close(): void {
    this.#hasEnded = true
    clearInterval(this.#checking)
    this.#watch.close()
  }

  /** Asks once more, unless the last question is still open: nothing may pile up while Redis is away. */
  async #check(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    if (await this.#watch.isCancelled().catch(() => false)) this.#cancel()
    this.#isAsking = false
  }

  /** By the run's token or a push of it. */
  #cancel(): void {
    this.#cancelled ??= new UnrecoverableError("The run was cancelled")
    this.#aborting.abort(this.#cancelled)
  }

  /** By the worker, which keeps nothing from a retry. */
  #abort(reason: unknown): void {
    const message = typeof reason === "string" ? reason : "The worker cancelled the job"
    this.#aborting.abort(reason instanceof Error ? reason : new DOMException(message, "AbortError"))
  }

  #send(type: EventType, data: unknown): Promise<void> {
    if (!this.#hasEnded) return this.#events.send(encodeEvent(type, data))
    if (!this.#hasWarned) {
      this.#hasWarned = true
      process.emitWarning(
        `run.${type}() was called after the processor of ${this.runId} had ended, and sent nothing: ` +
          "await all that sends before you return",
        { type: "RunstreamWarning", code: "RUNSTREAM_LATE_EVENT" },
      )
    }
    return Promise.resolve()
  }
}
