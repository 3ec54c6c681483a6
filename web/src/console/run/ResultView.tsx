import type { RunState } from "@runstream/client"
import { JsonView } from "./JsonView.tsx"
import styles from "./RunTabs.module.css"
import { useText } from "./useText.ts"

export interface ResultViewProps {
  readonly runId: string
  readonly state: RunState | undefined
}

/** What the run gave in the end. The server is asked only where it has a result. */
export function ResultView({ runId, state }: ResultViewProps) {
  const isCompleted = state === "completed"
  const { text, failure } = useText(isCompleted ? `/run/${encodeURIComponent(runId)}/result` : null)
  if (failure) return <p className={styles.none}>The result could not be had: {failure}.</p>
  if (text !== undefined) return <JsonView raw={text} title="The data of complete" />
  if (isCompleted) return <p className={styles.none}>Loading…</p>
  const isOver = state === "failed" || state === "cancelled"
  return (
    <p className={styles.none}>
      {isOver
        ? "The run ended without a result. What it had produced is under Latest partial and Events."
        : "The run has not ended. What it has so far is under Latest partial."}
    </p>
  )
}
