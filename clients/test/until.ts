import type { AgentStream, RunSnapshot } from "@runstream/client"

/** The first snapshot of which this holds. The stream is followed meanwhile. */
export function until<E extends object>(
  stream: AgentStream<E>,
  holds: (snapshot: RunSnapshot<E>) => boolean,
): Promise<RunSnapshot<E>> {
  return new Promise((resolve) => {
    let leave = () => {}
    const look = () => {
      const snapshot = stream.getSnapshot()
      if (!holds(snapshot)) return
      leave()
      resolve(snapshot)
    }
    leave = stream.subscribe(look)
    queueMicrotask(look)
  })
}

/** Asks again and again, with the event loop's own time between, until it holds. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  ms = 15_000,
): Promise<void> {
  const end = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("It did not come about")
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
