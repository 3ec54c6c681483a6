import { RunstreamError } from "../error.js"
import { problemOf } from "../problem.js"
import { createSseParser, type SseItem } from "./parser.js"
import { type HeadersSource, headersFrom, untilAborted } from "./request.js"
import type { Watchdog } from "./watchdog.js"

export interface SseRequest {
  readonly method?: string
  /** Headers, or a function that gives them anew for each attempt. */
  readonly headers?: HeadersSource
  /** A body, or a function that gives it anew for each attempt, which a stream needs. */
  readonly body?: BodyInit | null | (() => BodyInit | null | Promise<BodyInit | null>)
  readonly credentials?: RequestCredentials
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch
  /** The most bytes that one event may have. 1 MiB by default. */
  readonly maxEventBytes?: number
}

/** What the two ends of one attempt share. */
export interface Exchange {
  readonly lastEventId: string
  readonly unauthorized: boolean
  readonly signal: AbortSignal
  readonly watchdog: Watchdog
  /** May answer what is not `200` with a last event id to go on from. */
  onRefusal(response: Response): Promise<string | undefined>
  onOpen(response: Response): void
  /** Bytes have arrived; what they complete is told next. */
  onBytes(count: number): void
  /** A promise holds up the reading until it is settled. */
  onItem(item: SseItem): void | Promise<void>
  /** All that the bytes completed was taken. */
  onTaken(lastEventId: string): void
}

/** How an exchange that did not fail came out. */
export type Ending =
  /** The body came to its clean end. */
  | "ended"
  /** `204`: there is nothing more to come. */
  | "none"
  /** Try again at once from this last event id. */
  | { readonly from: string }

/**
 * Makes one request for an event stream and reads the answer to its clean end.
 *
 * @throws RunstreamError where there is no answer or not one that can be read, whatever `onRefusal`
 *   throws, and the reason of the signal when it aborts
 */
export async function exchange(
  url: string | URL,
  request: SseRequest,
  on: Exchange,
): Promise<Ending> {
  const { signal, watchdog } = on
  const response = await untilAborted(answerOf(url, request, on), signal)
  watchdog.feed()
  if (response.status !== 200) {
    const from = await untilAborted(on.onRefusal(response), signal)
    if (from !== undefined) return { from }
    if (response.status === 204) return "none"
    throw await untilAborted(problemOf(response), signal)
  }
  checkStream(response)
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  // A fetch that heeds no signal ends its read all the same.
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener("abort", cancel, { once: true })
  try {
    on.onOpen(response)
    await readAll(reader, request, on)
    return "ended"
  } finally {
    signal.removeEventListener("abort", cancel)
    cancel()
  }
}

async function answerOf(url: string | URL, request: SseRequest, on: Exchange): Promise<Response> {
  const headers = await headersFrom(request.headers, on.unauthorized)
  if (!headers.has("accept")) headers.set("accept", "text/event-stream")
  if (on.lastEventId) {
    try {
      headers.set("last-event-id", on.lastEventId)
    } catch {
      // As the HTML standard has it: the id's UTF-8 bytes, which a header takes only one character each.
      headers.set("last-event-id", String.fromCharCode(...new TextEncoder().encode(on.lastEventId)))
    }
  }
  const init: RequestInit = {
    method: request.method ?? "GET",
    headers,
    cache: "no-store",
    signal: on.signal,
  }
  if (request.credentials) init.credentials = request.credentials
  checkUrl(url)
  try {
    const body = typeof request.body === "function" ? await request.body() : request.body
    if (body !== undefined) init.body = body
    return await (request.fetch ?? fetch)(url, init)
  } catch (cause) {
    throw new RunstreamError("The server cannot be reached", { code: "unreachable", cause })
  }
}

/** A URL that cannot be one would look like a server that is away, and be tried for ever. */
export function checkUrl(url: string | URL): void {
  try {
    new URL(url, globalThis.location?.href)
  } catch {
    throw new RunstreamError("The address is not a URL", { code: "invalid-url" })
  }
}

function checkStream({ headers, body, status }: Response): void {
  if (!/^text\/event-stream *(;|$)/i.test(headers.get("content-type") ?? "")) {
    throw new RunstreamError("The answer is no event stream", {
      code: "wrong-content-type",
      status,
    })
  }
  if (!body) {
    throw new RunstreamError(
      "This fetch gives no response.body to read from, as in React Native: " +
        'pass one that does as `fetch`, such as that of "expo/fetch"',
      { code: "no-body", status },
    )
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { maxEventBytes }: SseRequest,
  on: Exchange,
): Promise<void> {
  const { signal, watchdog } = on
  const parser = createSseParser({
    lastEventId: on.lastEventId,
    ...(maxEventBytes !== undefined && { maxEventBytes }),
  })
  for (;;) {
    let chunk: ReadableStreamReadResult<Uint8Array>
    try {
      chunk = await reader.read()
    } catch (cause) {
      throw new RunstreamError("The connection broke off", { code: "connection-lost", cause })
    }
    signal.throwIfAborted()
    if (chunk.done) return
    watchdog.feed()
    on.onBytes(chunk.value.length)
    for (const item of parser.push(chunk.value)) {
      const taken = on.onItem(item)
      if (taken) {
        watchdog.pause()
        await taken
        watchdog.feed()
      }
      signal.throwIfAborted()
    }
    on.onTaken(parser.lastEventId)
  }
}
