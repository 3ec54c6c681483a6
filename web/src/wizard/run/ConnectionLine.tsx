import { Button } from "../../shared/ui/Button.tsx"
import { useSecondsUntil } from "../../shared/useSecondsUntil.ts"
import { useFund } from "../FundContext.tsx"
import { Notice } from "./Notice.tsx"

/** What is wrong with the connection; nothing while it is well, or is being made for the first time. */
export function ConnectionLine() {
  const { run } = useFund()
  const { connection, isEnded } = run
  if (isEnded || !run.runId) return null
  if (connection.state === "waiting")
    return <Waiting at={connection.nextRetryAt ?? 0} onRetry={run.reconnect} />
  if (connection.state === "connecting" && connection.retries > 0) {
    return (
      <Notice tone="warn">
        <p>Connection lost. The run goes on. Trying again…</p>
      </Notice>
    )
  }
  return null
}

function Waiting({ at, onRetry }: { readonly at: number; onRetry(): void }) {
  const seconds = useSecondsUntil(at)
  return (
    <Notice tone="warn">
      <p role="status">
        Connection lost. The run goes on.{" "}
        <span aria-hidden="true">Trying again in {seconds} s</span>
      </p>
      <Button size="small" onClick={onRetry}>
        Retry now
      </Button>
    </Notice>
  )
}
