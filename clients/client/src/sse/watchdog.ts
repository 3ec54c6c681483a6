export interface Watchdog {
  /** Something came. */
  feed(): void
  /** Stands still, as while a consumer takes its time, until fed. */
  pause(): void
  /** Barks now if it is overdue, as after a computer has slept through the timer. */
  check(): void
  stop(): void
}

/**
 * Calls `bark` once when nothing came for `silenceMs`. Feeding is cheap: the one timer looks at the clock
 * when it fires, and sleeps on.
 */
export function createWatchdog(silenceMs: number, bark: () => void): Watchdog {
  let fedAt: number | undefined = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined

  function check(): void {
    const leftMs = fedAt === undefined ? silenceMs : fedAt + silenceMs - Date.now()
    clearTimeout(timer)
    if (leftMs > 0) timer = setTimeout(check, leftMs)
    else bark()
  }
  if (Number.isFinite(silenceMs)) check()

  return {
    feed() {
      fedAt = Date.now()
    },
    pause() {
      fedAt = undefined
    },
    check() {
      if (timer !== undefined) check()
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
