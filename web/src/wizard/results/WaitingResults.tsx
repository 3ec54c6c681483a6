import { useFund } from "../FundContext.tsx"
import { Ghosts } from "./Ghosts.tsx"
import styles from "./Results.module.css"

/** A run without a report: not yet, or not any more. */
export function WaitingResults() {
  const { run } = useFund()
  const text =
    run.error || run.isEnded || run.isForeign
      ? null
      : run.status === "queued"
        ? "Waiting for its turn."
        : "The first paths are on their way."
  return (
    <div className={styles.empty}>
      {text && (
        <div className={styles.invitation}>
          <p>{text}</p>
        </div>
      )}
      <Ghosts />
    </div>
  )
}
