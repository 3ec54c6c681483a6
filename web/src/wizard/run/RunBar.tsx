import { StateBadge } from "../../shared/ui/StateBadge.tsx"
import { useFund } from "../FundContext.tsx"
import { isEndedState } from "./isEndedState.ts"
import { RunActions } from "./RunActions.tsx"
import styles from "./RunBar.module.css"
import { progressOf, progressWords, stateWord } from "./words.ts"

/** Where the run stands. */
export function RunBar() {
  const { run } = useFund()
  const { status, report } = run
  const progress = progressOf(run, report)
  // While nothing comes, nobody knows how fast it is.
  const isMoving =
    (status === "running" || status === "cancelling") && run.connection.state === "open"
  const state = status === "idle" || status === "connecting" ? "queued" : status
  const share =
    status === "completed" ? 1 : progress && progress.total > 0 ? progress.done / progress.total : 0
  const words = stateWord(run, progress)
  return (
    <section className={styles.bar} aria-label="The run">
      <div className={styles.line}>
        <StateBadge
          state={run.source === "kept" ? "completed" : state}
          label={run.source === "kept" ? "Kept" : words}
        />
        {progress && (
          <p className={styles.words} data-testid="progress">
            {progressWords(progress, isMoving)}
          </p>
        )}
        {report && <p className={styles.seed}>seed {report.seed}</p>}
        <RunActions />
      </div>
      <div
        className={styles.track}
        role="progressbar"
        aria-label="Paths done"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
        data-state={isEndedState(status) ? status : "going"}
      >
        <div className={styles.done} style={{ width: `${share * 100}%` }} />
      </div>
    </section>
  )
}
