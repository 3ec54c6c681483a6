import { Announcer } from "../../shared/ui/Announcer.tsx"
import { stateNames } from "../../shared/ui/StateBadge.tsx"
import { useEventLog } from "../events/useEventLog.ts"
import { isRunEnd } from "../runStates.ts"
import { useNow } from "../useNow.ts"
import { RunFacts } from "./RunFacts.tsx"
import { RunHead } from "./RunHead.tsx"
import styles from "./RunPage.module.css"
import { RunTabs } from "./RunTabs.tsx"
import { RunTimeline } from "./RunTimeline.tsx"
import { UnknownRun } from "./UnknownRun.tsx"
import { useRun } from "./useRun.ts"

/** One run: how it stands, how it came there, and every event of it. */
export function RunPage({ runId, address }: { readonly runId: string; readonly address: URL }) {
  const log = useEventLog(runId)
  const { run, isUnknown, failure } = useRun(runId, log.state)
  const state = log.state ?? run?.state
  const isEnded = state !== undefined && isRunEnd(state)
  const now = useNow(!isEnded)

  if (isUnknown && !run) return <UnknownRun runId={runId} />
  return (
    <div className={styles.page}>
      <RunHead runId={runId} run={run} state={state} />
      {isUnknown && (
        <p className={styles.failure} role="alert">
          The server has deleted this run meanwhile. What is here is what this page had.
        </p>
      )}
      {failure && (
        <p className={styles.failure} role="alert">
          The server does not say how the run stands: {failure.message}. Trying again.
        </p>
      )}
      {run?.error && (
        <div className={styles.error}>
          <strong>{run.error.code}</strong>
          <p>{run.error.message}</p>
        </div>
      )}
      <div className={styles.about}>
        <RunFacts run={run} now={now} />
        <RunTimeline run={run} log={log} now={now} />
      </div>
      <RunTabs runId={runId} log={log} state={state} address={address} />
      <Announcer text={isEnded ? `The run has ended: ${stateNames[state]}` : ""} />
    </div>
  )
}
