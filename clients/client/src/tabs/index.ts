import type { TabSharing } from "../calls.js"
import { delayMs } from "../sse/backoff.js"
import { joinTabs } from "./member.js"

/**
 * Has the tabs of a browser share one stream for each run: give it to `createClient` as
 * `share: { key, tabs }`. Where there is no page, no secure context, or no Web Locks, each follows for
 * itself.
 */
export const tabs: TabSharing = (server, runId, options, on, followRun) => {
  const { share, baseUrl, backoff } = server
  const { from, signal } = options
  const canShare = typeof document !== "undefined" && isSecureContext && !!navigator.locks
  if (!share || !canShare || signal?.aborted) return followRun(server, runId, options, on)

  const address = new URL(baseUrl, location.href).href
  const member = joinTabs(
    `runstream ${JSON.stringify([address, share.key, runId])}`,
    typeof from === "object" ? from.lastEventId : "",
    (last, listener) => {
      const begin = last ? { lastEventId: last } : from
      return followRun(server, runId, { ...options, from: begin }, listener)
    },
    () => delayMs(backoff, 0),
    on,
  )
  signal?.addEventListener("abort", member.close, { once: true })
  return member
}
