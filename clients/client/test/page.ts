/** Stands where a browser's window and document are, for tests of their events. */
export function openPage() {
  const scope = globalThis as Record<string, unknown>
  const window = new EventTarget()
  const document = { visibilityState: "visible" }
  scope["document"] = document
  scope["addEventListener"] = window.addEventListener.bind(window)
  scope["removeEventListener"] = window.removeEventListener.bind(window)
  return {
    window: (type: string) => window.dispatchEvent(new Event(type)),
    visibility(state: "visible" | "hidden") {
      document.visibilityState = state
      // From the document it bubbles here.
      window.dispatchEvent(new Event("visibilitychange"))
    },
    close() {
      for (const name of ["document", "addEventListener", "removeEventListener"]) delete scope[name]
    },
  }
}
