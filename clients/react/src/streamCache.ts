import type { AgentStream, AgentStreamOptions, Client } from "@runstream/client"

/** How long a stream that nobody shows is kept, in milliseconds. */
const keptMs = 300_000

interface Entry {
  readonly stream: AgentStream
  holders: number
  /** When it was made, or last left. */
  since: number
}

/** One stream for each run. */
export interface StreamCache {
  /** The run's stream; made with these options if there is none. It opens nothing. */
  get(runId: string, options: AgentStreamOptions): AgentStream
  /** Keeps the run's stream until 5 min after what this returns was last called. */
  hold(runId: string, stream: AgentStream): () => void
}

/** Belongs to one Provider, so that two renders on a server share nothing. */
export function createStreamCache(client: Client): StreamCache {
  const entries = new Map<string, Entry>()
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Lets go of what nobody has held for long, also of what a render asked for that was never committed. */
  function sweep(): void {
    for (const [runId, { holders, since }] of entries) {
      // Nothing of it is open. It is not closed, because an effect may still come back to it.
      if (holders === 0 && Date.now() - since >= keptMs) entries.delete(runId)
    }
  }

  function planSweep(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      sweep()
      if (entries.size > 0) planSweep()
    }, keptMs)
    // Node's timers must not keep a process.
    const node: { unref?(): void } = Object(timer)
    node.unref?.()
  }

  return {
    get(runId, options) {
      sweep()
      const known = entries.get(runId)
      if (known) return known.stream
      const stream = client.createAgentStream(runId, options)
      entries.set(runId, { stream, holders: 0, since: Date.now() })
      return stream
    },
    hold(runId, stream) {
      if (!entries.has(runId)) entries.set(runId, { stream, holders: 0, since: 0 })
      const entry = entries.get(runId) as Entry
      entry.holders++
      return () => {
        entry.holders--
        entry.since = Date.now()
        planSweep()
      }
    },
  }
}
