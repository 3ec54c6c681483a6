import { RunstreamError } from "../error.js"

/** Aborts its signal, with a `timeout`, once nothing came for too long. */
export interface Watchdog {
  readonly signal: AbortSignal
  /** Rejects with the reason, for whatever does not heed a signal. */
  readonly aborted: Promise<never>
  /** Ends it, and whatever goes on under its signal. */
  abort(reason?: unknown): void
  /** Something came. */
  feed(): void
  /** Stands still, as while a consumer takes its time, until fed. */
  pause(): void
  /** Looks at the clock now: a computer that sleeps may sleep through the timer. */
  check(): void
}

/** What a timer takes for so long a time: longer than this it would fire at once. */
export function timerMs(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1)
}

/** Feeding it is cheap: its one timer looks at the clock when it fires, and sleeps on. */
export function createWatchdog(silenceMs: number): Watchdog {
  const controller = new AbortController()
  let reject: (reason: unknown) => void
  // Not by the signal: React Native's has no reason.
  const aborted = new Promise<never>((_, rejectIt) => {
    reject = rejectIt
  })
  aborted.catch(() => {})
  /** 0 while it stands still. */
  let fedAt = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined

  function abort(reason?: unknown): void {
    clearTimeout(timer)
    controller.abort(reason)
    reject(reason)
  }

  function check(): void {
    // A clock that was set back has lost count too.
    const leftMs = silenceMs - (fedAt && Math.abs(Date.now() - fedAt))
    clearTimeout(timer)
    if (leftMs > 0) timer = setTimeout(check, timerMs(leftMs))
    else abort(new RunstreamError("timeout", "No answer"))
  }
  check()

  return {
    signal: controller.signal,
    aborted,
    abort,
    feed() {
      fedAt = Date.now()
    },
    pause() {
      fedAt = 0
    },
    check,
  }
}
