import type { RunSnapshot } from "@runstream/client"

/** A stream as one component sees it, in the form that `useSyncExternalStore` takes. */
export interface View {
  subscribe(listener: () => void): () => void
  getSnapshot(): RunSnapshot
}

/**
 * Shows a stream at most every `throttleMs`: the first change at once, those after it together, and a change
 * of status or of the connection, so also the end, at once with all that came before it.
 *
 * @param follow tells of changes until what it returns is called
 */
export function createView(
  getNewest: () => RunSnapshot,
  follow: (listener: () => void) => () => void,
  throttleMs: number,
): View {
  let shown = getNewest()
  let shownAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  return {
    getSnapshot: () => shown,
    subscribe(listener) {
      const show = () => {
        clearTimeout(timer)
        timer = undefined
        if (shown === getNewest()) return
        shown = getNewest()
        shownAt = Date.now()
        listener()
      }
      const leave = follow(() => {
        const { status, connection } = getNewest()
        const waitMs = shownAt + throttleMs - Date.now()
        const isTurn = status !== shown.status || connection.state !== shown.connection.state
        if (isTurn || waitMs <= 0) show()
        else timer ??= setTimeout(show, waitMs)
      })
      // What came between the render and now.
      show()
      return () => {
        clearTimeout(timer)
        timer = undefined
        leave()
      }
    },
  }
}
