/**
 * Works at once and then every so often, counted from the end of the work before; not while the page is
 * hidden, and at once when it is seen again. What it returns ends it and aborts work under way.
 */
export function poll(
  work: (signal: AbortSignal) => Promise<unknown>,
  everyMs: number,
  page: Document = document,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let underWay: AbortController | undefined

  function begin(): void {
    clearTimeout(timer)
    if (underWay || page.hidden) return
    const mine = new AbortController()
    underWay = mine
    const settled = () => {
      if (underWay !== mine) return
      underWay = undefined
      timer = setTimeout(begin, everyMs)
    }
    work(mine.signal).then(settled, settled)
  }
  function stop(): void {
    clearTimeout(timer)
    underWay?.abort()
    underWay = undefined
  }
  const turn = () => (page.hidden ? stop() : begin())

  page.addEventListener("visibilitychange", turn)
  begin()
  return () => {
    page.removeEventListener("visibilitychange", turn)
    stop()
  }
}
