import type { RunState } from "@runstream/client"
import styles from "./StateBadge.module.css"

/** The word that stands for a state of a run. */
export const stateNames: Record<RunState, string> = {
  queued: "Queued",
  running: "Running",
  retrying: "Retrying",
  cancelling: "Stopping…",
  completed: "Done",
  failed: "Failed",
  cancelled: "Stopped",
}

/** A run's state, told by word, colour and the form of its mark. */
export function StateBadge({
  state,
  label,
}: {
  readonly state: RunState
  readonly label?: string
}) {
  return (
    <span className={`${styles.badge} ${styles[state]}`} data-state={state}>
      <span className={styles.mark} aria-hidden="true" />
      {label ?? stateNames[state]}
    </span>
  )
}
