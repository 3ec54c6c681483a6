import { RunstreamError } from "../error.js"
import { throwIfAborted } from "../fault.js"
import { problemOf } from "../problem.js"
import { createSseParser, type SseItem } from "./parser.js"
import { type Request, send } from "./request.js"
import type { Watchdog } from "./watchdog.js"

export interface SseRequest extends Request {
  /** The most bytes that one event may have. 1 MiB by default. */
  readonly maxEventBytes?: number | undefined
}

/** An event stream to ask for. */
export interface StreamRequest extends SseRequest {
  /** Bytes have arrived; what they complete is told next. */
  onBytes?: ((count: number) => void) | undefined
  /**
   * May decide over an answer other than `200`: return a last event id to connect again from there at
   * once, throw to fail, or return undefined for what is usual.
   */
  onRefusal?: ((response: Response) => Promise<string | undefined>) | undefined
}

/** What an exchange tells while it goes on. */
export interface ExchangeListener {
  onOpen(): void
  /** A promise holds up the reading until it is settled. */
  onItem(item: SseItem): void | Promise<unknown>
  /** The request is from this id on; later, all up to it was taken. */
  onTaken(lastEventId: string): void
}

interface Piece {
  /** Undefined at the end. */
  readonly value?: Uint8Array | undefined
  /** Why it ended, if not cleanly. */
  readonly cause?: unknown
}

/**
 * Makes one request for an event stream and reads the answer until it ends or breaks off. After the
 * watchdog's signal it tells nothing more.
 *
 * @returns the last event id to try again from at once, as `onRefusal` wants it, or null after a `204`
 * @throws RunstreamError `connection-lost` at the end of a stream, others where there is none, and whatever
 *   `onRefusal` throws
 */
export async function exchange(
  url: string | URL,
  request: StreamRequest,
  begin: string | (() => Promise<string>),
  watchdog: Watchdog,
  on: ExchangeListener,
): Promise<string | null> {
  const { signal } = watchdog
  let lastEventId = ""
  const more = async () => {
    lastEventId = typeof begin === "string" ? begin : await begin()
    // A header takes bytes, each as one character; of an id that is its UTF-8.
    const bytes = new TextEncoder().encode(lastEventId)
    const position = lastEventId && { "last-event-id": String.fromCharCode(...bytes) }
    return { accept: "text/event-stream", ...position }
  }
  const response = await send(url, request, more, signal)
  const { status, headers, body } = response
  watchdog.feed()
  if (status !== 200) {
    const from = await request.onRefusal?.(response)
    if (from !== undefined) return from
    if (status === 204) return null
    throw await problemOf(response)
  }
  if (!/^text\/event-stream *(;|$)/i.test(headers.get("content-type") ?? "")) {
    throw new RunstreamError("wrong-content-type", "Not an event stream", { status })
  }
  if (!body?.getReader) {
    throw new RunstreamError(
      "no-body",
      'No response.body: use a fetch that streams, as in "expo/fetch"',
      { status },
    )
  }
  const reader = body.getReader()
  // A fetch that heeds no signal ends its read all the same.
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener("abort", cancel)
  try {
    throwIfAborted(signal)
    on.onTaken(lastEventId)
    on.onOpen()
    const parser = createSseParser({ lastEventId, maxEventBytes: request.maxEventBytes })
    for (;;) {
      const { value, cause }: Piece = await reader.read().catch((cause) => ({ cause }))
      throwIfAborted(signal)
      if (!value) throw new RunstreamError("connection-lost", "The connection broke off", { cause })
      watchdog.feed()
      request.onBytes?.(value.length)
      for (const item of parser.push(value)) {
        const taken = on.onItem(item)
        if (taken) {
          watchdog.pause()
          await taken
          watchdog.feed()
        }
        throwIfAborted(signal)
      }
      on.onTaken(parser.lastEventId)
    }
  } finally {
    cancel()
  }
}
