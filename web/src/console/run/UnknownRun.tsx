import { Link } from "../../shared/routing/Link.tsx"
import styles from "./UnknownRun.module.css"

/** A run that the server does not know: why that may be, and the way back. */
export function UnknownRun({ runId }: { readonly runId: string }) {
  return (
    <div className={styles.unknown}>
      <h1>This run is not here</h1>
      <p>
        The server knows no run <code>{runId}</code>.
      </p>
      <p>
        A run that has ended is kept for 24 hours, or as long as <code>--retain-ended</code> says.
        With <code>--store memory</code> it goes earlier when there is no room, and with a restart.
      </p>
      <Link className={styles.back} href="/console">
        See the runs that are here
      </Link>
    </div>
  )
}
