/**
 * Tells of an exception that a caller's own function threw, the way the platform tells of one in an event
 * listener: it is seen, and nothing of ours stops for it.
 */
export function reportFault(error: unknown): void {
  if (typeof reportError === "function") reportError(error)
  else
    queueMicrotask(() => {
      throw error
    })
}

/** Calls a caller's function; what it throws, or rejects with, is reported. */
export function callSafely<T>(call: () => T | Promise<T>): T | Promise<T | undefined> | undefined {
  try {
    const result = call()
    return result instanceof Promise ? result.catch(reportFault as () => undefined) : result
  } catch (error) {
    reportFault(error)
    return undefined
  }
}
