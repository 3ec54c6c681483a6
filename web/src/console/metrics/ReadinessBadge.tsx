import styles from "./ReadinessBadge.module.css"
import type { Readiness } from "./readiness.ts"

const words: Record<Readiness, readonly [name: string, meaning: string]> = {
  ready: ["Ready", "The server takes runs and streams"],
  draining: ["Draining", "The server is stopping: it takes no new runs, and ends its streams"],
  drained: [
    "Draining, no answer",
    "The server was stopping when it answered last; then it takes no new connection",
  ],
  "store-away": ["Store away", "The store cannot be reached or written: nothing new is stored"],
  refused: ["No access", "The server, or a proxy before it, does not let this page ask how it is"],
  unreachable: ["No answer", "The server does not answer; trying again every two seconds"],
}

/** Whether the server takes work, told by word, colour and the form of its mark. */
export function ReadinessBadge({ readiness }: { readonly readiness: Readiness | undefined }) {
  const [name, meaning] = readiness ? words[readiness] : ["Asking…", ""]
  return (
    <span
      className={`${styles.badge} ${readiness ? styles[readiness] : ""}`}
      role="status"
      title={meaning}
      data-readiness={readiness}
    >
      <span className={styles.mark} aria-hidden="true" />
      {name}
    </span>
  )
}
