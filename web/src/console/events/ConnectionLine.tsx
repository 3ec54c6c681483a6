import { formatSpan } from "../../shared/format/times.ts"
import { saveFile } from "../../shared/saveFile.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { useNow } from "../useNow.ts"
import styles from "./ConnectionLine.module.css"
import type { ConnectionView, EventLog } from "./eventLog.ts"
import { toNdjson } from "./exportRows.ts"

function describe({ state, isEnded, failure }: ConnectionView, now: number): string {
  if (isEnded) return "The run has ended, and all of it was read"
  if (failure) return `Not connected: ${failure.message}`
  if (state.state === "open") return "Connected, following live"
  if (state.nextRetryAt === null) return "Connecting…"
  const wait = Math.max(0, Math.ceil((state.nextRetryAt - now) / 1000))
  return `Connection lost. The run goes on. Trying again in ${wait} s`
}

/** How this page's own connection stands, and what can be done with it. */
export function ConnectionLine({ runId, log }: { readonly runId: string; readonly log: EventLog }) {
  const { view } = log
  const now = useNow(!view.isEnded)
  const isOpen = view.state.state === "open"
  const canRetry = !isOpen && !view.isEnded && view.state.state !== "connecting"
  return (
    <div className={styles.line}>
      <span className={styles.state} data-connection={view.isEnded ? "ended" : view.state.state}>
        {describe(view, now)}
      </span>
      {view.keepaliveAt !== null && isOpen && (
        <span>keepalive {formatSpan(now - view.keepaliveAt)} ago</span>
      )}
      {view.retryMs !== null && !view.isEnded && (
        <span title="After a failure the server asks to wait at least this long">
          retry {formatSpan(view.retryMs)}
        </span>
      )}
      <span className={styles.actions}>
        {canRetry && (
          <Button size="small" tone="quiet" onClick={() => log.reconnect()}>
            Retry now
          </Button>
        )}
        {!view.isEnded && (
          <Button size="small" tone="quiet" disabled={!isOpen} onClick={() => log.drop()}>
            Drop my connection
          </Button>
        )}
        <Button
          size="small"
          tone="quiet"
          disabled={log.store.rows.length === 0}
          onClick={() => saveFile(`${runId}.ndjson`, toNdjson(log.store.rows))}
        >
          Export NDJSON
        </Button>
      </span>
    </div>
  )
}
