import type { Run, RunState } from "@runstream/client"
import { useState } from "react"
import { Link } from "../../shared/routing/Link.tsx"
import { Button } from "../../shared/ui/Button.tsx"
import { CopyButton } from "../../shared/ui/CopyButton.tsx"
import { StateBadge } from "../../shared/ui/StateBadge.tsx"
import { curlOf, linkTo } from "../addresses.ts"
import { CancelDialog } from "../parts/CancelDialog.tsx"
import { CopyIconButton } from "../parts/CopyIconButton.tsx"
import { CopyIcon } from "../parts/icons.tsx"
import { useKeys } from "../parts/useKeys.ts"
import { isCancellable } from "../runStates.ts"
import styles from "./RunHead.module.css"

export interface RunHeadProps {
  readonly runId: string
  /** Undefined until the server has told. */
  readonly run: Run | undefined
  /** As told last, by the server or the stream. */
  readonly state: RunState | undefined
}

/** Which run this is, and what can be done with it. */
export function RunHead({ runId, run, state }: RunHeadProps) {
  const [asked, setAsked] = useState<Run | null>(null)
  const canCancel = run !== undefined && state !== undefined && isCancellable({ state })
  useKeys(({ key }) => {
    if (key !== "c" || !canCancel) return false
    setAsked(run)
    return true
  })
  return (
    <header className={styles.head}>
      <nav aria-label="Breadcrumb">
        <Link className={styles.back} href="/console">
          ← Runs
        </Link>
      </nav>
      <div className={styles.name}>
        <h1 title={runId}>{runId}</h1>
        <CopyIconButton text={runId} label="Copy the run's id">
          <CopyIcon />
        </CopyIconButton>
        {state && <StateBadge state={state} />}
        {run && <span className={styles.agent}>{run.agent}</span>}
      </div>
      <div className={styles.actions}>
        {run?.agent === "fund-scenario" && (
          <a className={styles.wizard} href={`/run/${encodeURIComponent(runId)}`}>
            Open in the fund wizard
          </a>
        )}
        <CopyButton text={() => linkTo(runId)}>Copy link</CopyButton>
        {run && <CopyButton text={() => curlOf(run)}>Copy curl</CopyButton>}
        {canCancel && (
          <Button size="small" tone="danger" onClick={() => setAsked(run)}>
            Cancel…
          </Button>
        )}
      </div>
      <CancelDialog run={asked} onClose={() => setAsked(null)} />
    </header>
  )
}
