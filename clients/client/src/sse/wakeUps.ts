/**
 * Tells when the page may have come back from somewhere (`online`, visible, `pageshow`), and when it goes
 * (`pagehide`). `navigator.onLine` and `offline` are not asked: they are wrong too often. Where there are no
 * such events nothing is ever told. Returns what ends it.
 */
export function listenForWakeUps(wakeUp: () => void, hide: () => void): () => void {
  const events = new AbortController()
  const on = (type: string, listener: () => void) =>
    // React Native has a window without events.
    globalThis.addEventListener?.(type, listener, { signal: events.signal })
  on("online", wakeUp)
  on("pageshow", wakeUp)
  on("pagehide", hide)
  // Fired at the document, from where it bubbles.
  on("visibilitychange", () => {
    if (document.visibilityState === "visible") wakeUp()
  })
  return () => events.abort()
}
