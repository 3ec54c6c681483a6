import { randomInt } from "node:crypto"
import type { EncodedEvent, EventType } from "./event.js"

/** At most one batch goes in this time, unless it is full. */
export const WINDOW_MS = 25
/** The most that one batch may be, as JSON in UTF-8, unless it is of a single event. */
export const MAX_BATCH_BYTES = 64 * 1024
/** With more than this waiting, whoever awaits `send` is held up. */
export const ROOM_BYTES = 1024 * 1024
/** With more than this waiting, `send` throws. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024

/** The most that a batch has around its events. */
const AROUND_BATCH =
  '{"type":"batch","sender":281474976710655,"index":9007199254740991,"events":[]}'.length

/**
 * What goes to BullMQ as a job's progress. ioredis sends a command again whose answer was lost with its connection; by
 * `sender` and `index` the server tells such a batch from the next one.
 */
export interface Batch {
  readonly type: "batch"
  /** Drawn anew for each attempt at a job. */
  readonly sender: number
  /** Of this batch among those of its sender, from 0. */
  readonly index: number
  readonly events: readonly { readonly type: EventType; readonly data: unknown }[]
}

interface Room {
  readonly promise: Promise<void>
  open(): void
  fail(error: unknown): void
}

/**
 * Sends one run's events in the order in which they are handed in, in batches, one batch at a time: what comes
 * while one is under way goes with the next.
 *
 * The first event goes at once, with all that is handed in before the event loop turns; the next batch goes
 * {@link WINDOW_MS} after it, or as soon as it is full. The first failure ends the sending: a later batch would leave
 * a hole.
 */
export class EventSender {
  readonly #deliver: (batch: Batch) => Promise<void>
  readonly #sender = randomInt(2 ** 48 - 1)
  #index = 0
  #waiting: EncodedEvent[] = []
  /** The first of those waiting that is not on its way. */
  #next = 0
  /** Of those waiting and on their way. */
  #bytes = 0
  #sending: Promise<void> | undefined
  #hurry = () => {}
  #isEnding = false
  #failure: { readonly error: unknown } | undefined
  #room: Room | undefined

  constructor(deliver: (batch: Batch) => Promise<void>) {
    this.#deliver = deliver
  }

  /**
   * Takes an event. Resolves once there is room for more, which is at once unless {@link ROOM_BYTES} wait; rejects
   * when a batch could not be delivered. A rejection that nobody awaits is told by {@link end}.
   *
   * @throws Error when more than {@link MAX_WAITING_BYTES} would wait; the event is not taken
   */
  send(event: EncodedEvent): Promise<void> {
    if (this.#failure) return heard(Promise.reject(this.#failure.error))
    if (this.#bytes + event.bytes > MAX_WAITING_BYTES) {
      throw new Error(
        `More than ${MAX_WAITING_BYTES} bytes of events wait for Redis: await run.${event.type}(), which waits for room`,
      )
    }
    this.#waiting.push(event)
    this.#bytes += event.bytes
    this.#sending ??= this.#sendAll()
    if (this.#bytes >= MAX_BATCH_BYTES) this.#hurry()
    if (this.#bytes <= ROOM_BYTES) return Promise.resolve()
    this.#room ??= createRoom()
    return this.#room.promise
  }

  /** Sends what waits, at once. Rejects if anything could not be delivered, now or earlier. */
  async end(): Promise<void> {
    this.#isEnding = true
    this.#hurry()
    await this.#sending
    if (this.#failure) throw this.#failure.error
  }

  async #sendAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    try {
      while (this.#bytes > 0) {
        const sentAt = performance.now()
        const { events, bytes } = this.#take()
        await this.#deliver({ type: "batch", sender: this.#sender, index: this.#index++, events })
        this.#bytes -= bytes
        if (this.#bytes <= ROOM_BYTES) this.#open()
        await this.#pass(sentAt + WINDOW_MS - performance.now())
      }
    } catch (error) {
      this.#failure = { error }
      this.#waiting = []
      this.#room?.fail(error)
    }
    this.#sending = undefined
  }

  #open(): void {
    this.#room?.open()
    this.#room = undefined
  }

  /** Waits this long, or until there is reason to hurry. */
  #pass(ms: number): Promise<void> | undefined {
    if (ms <= 0 || this.#isEnding || this.#bytes >= MAX_BATCH_BYTES) return
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #take(): { events: Batch["events"]; bytes: number } {
    const events: { type: EventType; data: unknown }[] = []
    let bytes = 0
    let size = AROUND_BATCH
    for (let event = this.#waiting[this.#next]; event; event = this.#waiting[this.#next]) {
      const comma = events.length > 0 ? 1 : 0
      if (comma && size + comma + event.bytes > MAX_BATCH_BYTES) break
      events.push({ type: event.type, data: JSON.parse(event.json) })
      bytes += event.bytes
      size += comma + event.bytes
      this.#next++
    }
    this.#forgetTaken()
    return { events, bytes }
  }

  #forgetTaken(): void {
    if (this.#next < 1_000 && this.#next < this.#waiting.length) return
    this.#waiting.splice(0, this.#next)
    this.#next = 0
  }
}

function createRoom(): Room {
  let open = () => {}
  let fail: Room["fail"] = () => {}
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise: heard(promise), open, fail }
}

/** Keeps a rejection that the caller does not await from ending the process. */
function heard(promise: Promise<void>): Promise<void> {
  promise.catch(() => {})
  return promise
}
