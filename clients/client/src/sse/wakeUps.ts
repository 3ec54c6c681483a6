/**
 * Tells when the page may have come back from somewhere (`online`, visible, `pageshow`), and when it goes
 * (`pagehide`). `navigator.onLine` and `offline` are not asked: they are wrong too often. Outside of pages
 * nothing is ever told. Returns what ends it.
 */
export function listenForWakeUps(wakeUp: () => void, hide: () => void): () => void {
  const scope: Partial<EventTarget> = globalThis
  const page = typeof document === "undefined" ? undefined : document
  // React Native has a window without events.
  if (!scope.addEventListener) return () => {}

  const becameVisible = () => {
    if (page?.visibilityState === "visible") wakeUp()
  }
  const events = new AbortController()
  const { signal } = events
  globalThis.addEventListener("online", wakeUp, { signal })
  globalThis.addEventListener("pageshow", wakeUp, { signal })
  globalThis.addEventListener("pagehide", hide, { signal })
  page?.addEventListener?.("visibilitychange", becameVisible, { signal })
  return () => events.abort()
}
