import { isRetriable, RunstreamError } from "../error.js"
import { callSafely } from "../fault.js"
import { type Backoff, defaultBackoff, delayMs, softDelayMs } from "./backoff.js"
import { type Ending, exchange, type SseRequest } from "./exchange.js"
import type { SseComment, SseEvent, SseItem, SseOversized, SseRetry } from "./parser.js"
import { listenForWakeUps } from "./wakeUps.js"
import { createWatchdog, type Watchdog } from "./watchdog.js"

/** How a connection stands. Frozen. */
export interface ConnectionState {
  readonly state: "idle" | "connecting" | "open" | "waiting" | "closed"
  /** How many times in a row it was, or is about to be, tried again. */
  readonly retries: number
  /** When the next attempt begins, in milliseconds since 1970; null where none is planned. */
  readonly nextRetryAt: number | null
}

export interface EventSourceOptions extends SseRequest {
  /** Sent as `Last-Event-ID` with the first attempt. */
  readonly lastEventId?: string
  /** Closes it for good when it aborts. */
  readonly signal?: AbortSignal
  readonly backoff?: Partial<Backoff>
  /** After how many milliseconds without a byte a connection is given up. 60,000 by default. */
  readonly silenceMs?: number

  onOpen?(response: Response): void
  /** A promise holds up the reading of the stream until it is settled. */
  onEvent?(event: SseEvent): void | Promise<void>
  onComment?(comment: SseComment): void
  onRetry?(retry: SseRetry): void
  onOversized?(event: SseOversized): void | Promise<void>
  onBytes?(count: number): void
  onState?(state: ConnectionState): void
  /** A connection was lost, or could not be had, for the first time since one was open. */
  onLost?(): void
  /** It has closed by itself: without an error after a `204`, else because of one that will not pass. */
  onClose?(error: RunstreamError | null): void
  /**
   * May decide over an answer other than `200`: return a last event id to connect again from there at
   * once, throw to fail, or return undefined for what is usual.
   */
  onRefusal?(response: Response): Promise<string | undefined>
}

export interface EventSourceConnection {
  readonly state: ConnectionState
  readonly lastEventId: string
  /** Connects anew, within two seconds, also where it was given up. */
  reconnect(): void
  /**
   * Says how to take the end of this connection, which the server has announced: the wait before the next
   * is at least `holdMs`, and an idle one is neither counted nor shown.
   */
  announceEnd(end: { readonly holdMs?: number | undefined; readonly idle?: boolean }): void
  /** Closes it for good. Nothing is told afterwards. */
  close(): void
}

interface Attempt {
  readonly abort: AbortController
  readonly watchdog: Watchdog
  openedAt?: number
  stableTimer?: ReturnType<typeof setTimeout>
  hadId?: boolean
  endsIdle?: boolean
  soft?: boolean
}

/** Longer than this a timer fires at once. */
const maxTimerMs = 2 ** 31 - 1

/**
 * Follows an event stream of any endpoint over `fetch`, and connects again, from the last event id, until
 * it is closed, the server answers `204`, or an answer says that trying again is of no use.
 *
 * It begins at once. Callbacks run one at a time, in the order of the stream.
 */
export function createEventSource(
  url: string | URL,
  options: EventSourceOptions = {},
): EventSourceConnection {
  const { silenceMs = 60_000, signal } = options
  const backoff: Backoff = { ...defaultBackoff, ...options.backoff }

  let lastEventId = options.lastEventId ?? ""
  let shown: ConnectionState = Object.freeze({ state: "idle", retries: 0, nextRetryAt: null })
  let attempt: Attempt | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let nextAt = 0
  let plannedSoft = false
  let hidden = false
  let closed = false
  let outage = false
  let askedForHeadersAgain = false
  let failedAttempts = 0
  let retries = 0
  /** The server's `retry:`, which is the least wait after a failure. */
  let retryMs = 0
  /** Before this time there is no attempt at all, because the server asked for that. */
  let notBefore = 0

  let stopListening = () => {}

  function show(state: ConnectionState["state"], nextRetryAt: number | null = null): void {
    if (shown.state === state && shown.retries === retries && shown.nextRetryAt === nextRetryAt)
      return
    shown = Object.freeze({ state, retries, nextRetryAt })
    options.onState?.(shown)
  }

  function plan(delayMs: number, soft: boolean): void {
    clearTimeout(timer)
    plannedSoft = soft
    nextAt = Date.now() + delayMs
    timer = setTimeout(connect, Math.min(delayMs, maxTimerMs))
  }

  function planSoft(): void {
    const now = Date.now()
    const delay = Math.max(0, notBefore - now) + softDelayMs(backoff)
    if (timer !== undefined && nextAt <= now + delay) plannedSoft = true
    else plan(delay, true)
  }

  function connectAnew(unauthorized: boolean): void {
    const abort = new AbortController()
    const bark = () =>
      abort.abort(new RunstreamError("Nothing came for too long", { code: "timeout" }))
    const mine: Attempt = { abort, watchdog: createWatchdog(silenceMs, bark) }
    attempt = mine
    exchange(url, options, {
      lastEventId,
      unauthorized,
      signal: abort.signal,
      watchdog: mine.watchdog,
      onRefusal: async (response) => options.onRefusal?.(response),
      onOpen: (response) => opened(mine, response),
      onBytes: (count) => options.onBytes?.(count),
      onItem: (item) => callSafely(() => take(mine, item)),
      onTaken(id) {
        lastEventId = id
      },
    }).then(
      (ending) => {
        if (leave(mine)) settle(mine, ending, null)
      },
      (error: RunstreamError) => {
        if (leave(mine)) settle(mine, "ended", error)
      },
    )
  }

  function connect(): void {
    timer = undefined
    // After an idle close the connection goes on being shown as it was.
    if (shown.state !== "open") show("connecting")
    connectAnew(false)
  }

  function opened(mine: Attempt, response: Response): void {
    mine.openedAt = Date.now()
    mine.stableTimer = setTimeout(isGood, backoff.stableMs)
    outage = false
    askedForHeadersAgain = false
    show("open")
    options.onOpen?.(response)
  }

  /** The connection has shown that it is one: whatever failed before does not count any more. */
  function isGood(): void {
    failedAttempts = 0
    retries = 0
    show("open")
  }

  function take(mine: Attempt, item: SseItem): void | Promise<void> {
    if (item.kind === "comment") return options.onComment?.(item)
    if (item.kind === "retry") {
      retryMs = item.retry
      return options.onRetry?.(item)
    }
    lastEventId = item.lastEventId
    if (item.id !== undefined) {
      mine.hadId = true
      if (retries > 0) isGood()
    }
    return item.kind === "event" ? options.onEvent?.(item) : options.onOversized?.(item)
  }

  /** Ends an attempt's part in this; false where it had none any more. */
  function leave(mine: Attempt): boolean {
    mine.watchdog.stop()
    clearTimeout(mine.stableTimer)
    if (attempt !== mine) return false
    attempt = undefined
    return true
  }

  function settle(mine: Attempt, ending: Ending, error: RunstreamError | null): void {
    if (ending === "none") return finish(null)
    if (typeof ending === "object") {
      lastEventId = ending.from
      return connectAnew(false)
    }
    if (error?.status === 401 && typeof options.headers === "function" && !askedForHeadersAgain) {
      askedForHeadersAgain = true
      return connectAnew(true)
    }
    if (error && !isRetriable(error)) return finish(error)
    if (error?.retryAfter) notBefore = Date.now() + error.retryAfter * 1000
    if (mine.endsIdle && !error) return planSoft()

    const now = Date.now()
    const lasted = mine.openedAt !== undefined && now - mine.openedAt >= backoff.stableMs
    if (lasted || mine.hadId) {
      failedAttempts = 0
      retries = 0
    } else {
      failedAttempts++
    }
    retries++
    lost()
    if (failedAttempts >= backoff.maxAttempts) {
      return finish(
        error ??
          new RunstreamError("The connection ends again and again", { code: "connection-lost" }),
      )
    }
    if (lasted || mine.soft) planSoft()
    else plan(Math.max(retryMs, notBefore - now) + delayMs(backoff, retries), false)
    show("waiting", nextAt)
  }

  function lost(): void {
    if (!outage) options.onLost?.()
    outage = true
  }

  /** Closes by itself; `reconnect` opens again. */
  function finish(error: RunstreamError | null): void {
    if (error) lost()
    stopListening()
    show("closed")
    options.onClose?.(error)
  }

  /** Aborts the attempt under way, of which nothing is heard any more. */
  function drop(): void {
    const mine = attempt
    clearTimeout(timer)
    timer = undefined
    if (mine && leave(mine)) mine.abort.abort()
  }

  function wakeUp(): void {
    if (closed || shown.state === "closed") return
    if (hidden) hidden = false
    else if (attempt) {
      attempt.soft = true
      attempt.watchdog.check()
      attempt.soft = attempt.abort.signal.aborted
      return
    } else if (plannedSoft) return
    planSoft()
    if (shown.state !== "open") show("waiting", nextAt)
  }

  function hide(): void {
    if (closed || shown.state === "closed") return
    hidden = true
    drop()
    show("waiting")
  }

  function close(): void {
    if (closed) return
    closed = true
    drop()
    stopListening()
    signal?.removeEventListener("abort", close)
    retries = 0
    show("closed")
  }

  if (signal?.aborted) close()
  else {
    signal?.addEventListener("abort", close)
    stopListening = listenForWakeUps(wakeUp, hide)
    connect()
  }

  return {
    get state() {
      return shown
    },
    get lastEventId() {
      return lastEventId
    },
    reconnect() {
      if (closed || hidden) return
      if (shown.state === "closed") {
        failedAttempts = 0
        retries = 0
        askedForHeadersAgain = false
        stopListening = listenForWakeUps(wakeUp, hide)
      } else if (attempt ? attempt.openedAt === undefined : plannedSoft) {
        return
      }
      drop()
      planSoft()
      show("waiting", nextAt)
    },
    announceEnd({ holdMs, idle }) {
      if (holdMs !== undefined) notBefore = Date.now() + holdMs
      if (attempt && idle) attempt.endsIdle = true
    },
    close,
  }
}
