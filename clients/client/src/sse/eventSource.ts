import { isRetriable, type RunstreamError } from "../error.js"
import { callSafely } from "../fault.js"
import { type Backoff, defaultBackoff, delayMs } from "./backoff.js"
import { type ConnectionState, connectionState } from "./connectionState.js"
import { exchange, type StreamRequest } from "./exchange.js"
import type { SseItem } from "./parser.js"
import { listenForWakeUps } from "./wakeUps.js"
import { createWatchdog, timerMs, type Watchdog } from "./watchdog.js"

export interface EventSourceOptions extends StreamRequest {
  /**
   * Sent as `Last-Event-ID` with the first attempt; empty for none. Or a function that finds it, which is
   * part of the attempt: if it fails, it is asked again with the next.
   */
  readonly lastEventId?: string | (() => Promise<string>) | undefined
  /** Closes it for good when it aborts. */
  readonly signal?: AbortSignal | undefined
  readonly backoff?: Partial<Backoff> | undefined
  /** After how many milliseconds without a byte a connection is given up. 60,000 by default. */
  readonly silenceMs?: number | undefined

  /**
   * Takes what came: events, comments, `retry` and events that were too large. A promise holds up the
   * reading of the stream until it is settled; one that rejects closes it.
   */
  onItem?(item: SseItem): void | Promise<void>
  onState?: ((state: ConnectionState) => void) | undefined
  /** A connection was lost, or could not be had, for the first time since one was open. */
  onLost?(): void
  /** It has closed by itself: without an error after a `204`, else because of one that will not pass. */
  onClose?(error: RunstreamError | null): void
}

export interface EventSourceConnection {
  readonly state: ConnectionState
  readonly lastEventId: string
  /** Connects anew, within two seconds, also where it was given up. */
  reconnect(): void
  /** Disconnects until resumed. One that has closed by itself goes on showing that. */
  pause(): void
  /**
   * Connects at once, from the last event id, if it was paused or has closed by itself; no sooner than the
   * server allows.
   */
  resume(): void
  /**
   * Says how to take the end of this connection, which the server has announced: the wait before the next
   * is at least `holdMs`, and an idle one is neither counted nor shown.
   */
  announceEnd(idle: boolean, holdMs?: number): void
  /** Closes it for good. Nothing is told afterwards. */
  close(): void
}

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
  let shown = connectionState("idle")
  // the attempt under way, which is known by its watchdog
  let attempt: Watchdog | undefined
  let openedAt = 0
  let hadId = false
  /** The server has announced that it ends, because nothing happens. */
  let endsIdle = false
  // the next attempt
  let timer: ReturnType<typeof setTimeout> | undefined
  let nextAt = 0
  let isSoft = false
  // what all attempts so far came to
  let outage = false
  let failedAttempts = 0
  let retries = 0
  /** The server's `retry:`, which is the least wait after a failure. */
  let retryMs = 0
  /** Before this time there is no attempt at all, because the server asked for that. */
  let notBefore = 0

  let closed = false
  let stopListening = () => {}

  function show(state: ConnectionState["state"], nextRetryAt: number | null = null): void {
    const next = connectionState(state, state === "open" ? 0 : retries, nextRetryAt)
    if (JSON.stringify(next) === JSON.stringify(shown)) return
    shown = next
    callSafely(() => options.onState?.(next))
  }

  function plan(waitMs: number): void {
    clearTimeout(timer)
    nextAt = Date.now() + waitMs
    timer = setTimeout(() => {
      timer = undefined
      // After an idle close the connection goes on being shown as it was.
      if (shown.state !== "open") show("connecting")
      connect()
    }, timerMs(waitMs))
  }

  function planSoft(): void {
    const now = Date.now()
    const waitMs = Math.max(0, notBefore - now) + delayMs(backoff, 0)
    isSoft = true
    if (timer === undefined || nextAt > now + waitMs) plan(waitMs)
  }

  function comeBackSoon(): void {
    planSoft()
    show("waiting", nextAt)
  }

  function connect(): void {
    const mine = createWatchdog(silenceMs)
    attempt = mine
    openedAt = 0
    hadId = endsIdle = false
    const settled = (outcome: string | null | RunstreamError) => {
      if (attempt !== mine) return
      drop()
      settle(outcome)
    }
    const work = exchange(url, options, lastEventId, mine, {
      onOpen() {
        openedAt = Date.now()
        outage = false
        show("open")
      },
      onItem(item) {
        if (item.kind === "retry") retryMs = item.retry
        else if (item.kind !== "comment") {
          lastEventId = item.lastEventId
          hadId ||= item.id !== undefined
        }
        return callSafely(() => options.onItem?.(item))
      },
      onTaken(id) {
        lastEventId = id
      },
    })
    Promise.race([work, mine.aborted]).then(settled, settled)
  }

  function settle(outcome: string | null | RunstreamError): void {
    if (typeof outcome === "string") {
      lastEventId = outcome
      return connect()
    }
    if (outcome === null || !isRetriable(outcome)) return finish(outcome)
    const now = Date.now()
    notBefore = Math.max(notBefore, now + Number(outcome.retryAfter) * 1000)
    const lasted = openedAt > 0 && now - openedAt >= backoff.stableMs
    const wasGood = lasted || hadId
    if (wasGood) failedAttempts = retries = 0
    if (endsIdle) return planSoft()
    if (!wasGood) failedAttempts++
    retries++
    if (failedAttempts >= backoff.maxAttempts) return finish(outcome)
    isSoft = false
    if (lasted) planSoft()
    else plan(Math.max(retryMs, notBefore - now) + delayMs(backoff, retries))
    show("waiting", nextAt)
    lost()
  }

  function lost(): void {
    if (!outage) callSafely(() => options.onLost?.())
    outage = true
  }

  /** Closes by itself; `reconnect` opens again. */
  function finish(error: RunstreamError | null): void {
    stopListening()
    show("closed")
    callSafely(() => options.onClose?.(error))
    if (error) lost()
  }

  /** Forgets what is planned and aborts the attempt under way, of which nothing is heard any more. */
  function drop(): void {
    clearTimeout(timer)
    timer = undefined
    attempt?.abort()
    attempt = undefined
  }

  function listen(): void {
    stopListening()
    stopListening = listenForWakeUps(wakeUp, () => {
      drop()
      isSoft = false
      show("waiting")
    })
  }

  function wakeUp(): void {
    if (attempt) attempt.check()
    else if (!isSoft) comeBackSoon()
  }

  function stop(state: "idle" | "closed"): void {
    drop()
    stopListening()
    show(state)
  }

  function resume(): void {
    if (closed || attempt || timer) return
    listen()
    if (notBefore > Date.now()) return comeBackSoon()
    show("connecting")
    connect()
  }

  function close(): void {
    signal?.removeEventListener("abort", close)
    closed = true
    stop("closed")
  }

  signal?.addEventListener("abort", close)
  if (signal?.aborted) close()
  resume()

  return {
    get state() {
      return shown
    },
    get lastEventId() {
      return typeof lastEventId === "string" ? lastEventId : ""
    },
    reconnect() {
      const isPending = attempt ? openedAt === 0 : timer !== undefined && isSoft
      if (closed || isPending) return
      listen()
      drop()
      comeBackSoon()
    },
    pause() {
      if (shown.state !== "closed") stop("idle")
    },
    resume,
    announceEnd(idle, holdMs = 0) {
      notBefore = Date.now() + holdMs
      endsIdle = idle
    },
    close,
  }
}
