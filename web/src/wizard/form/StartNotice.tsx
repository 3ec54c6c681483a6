import { Button } from "../../shared/ui/Button.tsx"
import { useSecondsUntil } from "../../shared/useSecondsUntil.ts"
import { useFund } from "../FundContext.tsx"
import styles from "./StartNotice.module.css"

/** Why a start takes long, or was refused. */
export function StartNotice() {
  const { run } = useFund()
  const { startState } = run
  if (startState.kind === "waiting") {
    return <Waiting reason={startState.reason} at={startState.at} onStop={run.stopStarting} />
  }
  if (startState.kind === "refused") {
    const { error } = startState
    const text =
      error.errors.length > 0
        ? "The server does not take this fund. See the marked fields."
        : `Not started: ${error.message}`
    return (
      <p className={styles.refused} role="alert">
        {text}
      </p>
    )
  }
  return null
}

interface WaitingProps {
  readonly reason: "busy" | "away"
  readonly at: number
  onStop(): void
}

function Waiting({ reason, at, onStop }: WaitingProps) {
  const seconds = useSecondsUntil(at)
  return (
    <div className={styles.waiting}>
      <p role="status">
        {reason === "busy" ? "Server busy" : "Server not reached"}, again in{" "}
        <span aria-hidden="true">{seconds} s</span>
        <span className={styles.unseen}>a moment</span>.
      </p>
      <Button size="small" onClick={onStop}>
        Do not start
      </Button>
    </div>
  )
}
