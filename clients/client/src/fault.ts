/**
 * Calls a caller's function. What it throws is told the way the platform tells of an exception in an event
 * listener: it is seen as uncaught, and nothing of ours stops for it.
 */
export function callSafely<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
    return undefined
  }
}

/** As the signal's own, which React Native has not. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason
}
