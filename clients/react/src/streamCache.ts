import type { AgentStream, AgentStreamOptions, Client } from "@runstream/client"

/** How long a stream that nobody follows is kept, in milliseconds. */
const keptMs = 300_000

interface Entry {
  readonly stream: AgentStream
  followers: number
  /** When it was made, or last left. */
  since: number
}

/** One stream for each run. */
export interface StreamCache {
  /** The run's stream; made with these options if there is none. It opens nothing. */
  get(runId: string, options: AgentStreamOptions): AgentStream
  /** Follows the run's stream, which is then kept until 5 min after the last has left. */
  follow(runId: string, stream: AgentStream, listener: () => void): () => void
}

/** Belongs to one Provider, so that two renders on a server share nothing. */
export function createStreamCache(client: Client): StreamCache {
  const entries = new Map<string, Entry>()
  let timer: ReturnType<typeof setTimeout> | undefined

  /** Lets go of what nobody has followed for long, also of what a render asked for and never followed. */
  function sweep(): void {
    for (const [runId, { followers, since }] of entries) {
      // Nothing of it is open. It is not closed, because an effect may still come back to it.
      if (followers === 0 && Date.now() - since >= keptMs) entries.delete(runId)
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
      entries.set(runId, { stream, followers: 0, since: Date.now() })
      return stream
    },
    follow(runId, stream, listener) {
      if (!entries.has(runId)) entries.set(runId, { stream, followers: 0, since: 0 })
      const entry = entries.get(runId) as Entry
      entry.followers++
      const leave = stream.subscribe(listener)
      return () => {
        leave()
        entry.followers--
        entry.since = Date.now()
        planSweep()
      }
    },
  }
}
