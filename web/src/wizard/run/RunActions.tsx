import { useState } from "react"
import { navigate, useAddress } from "../../shared/routing/location.ts"
import { consoleAddress, wizardAddress } from "../../shared/routing/runAddress.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { CopyButton } from "../../shared/ui/CopyButton.tsx"
import { pinsIn, togglePin } from "../compare/pins.ts"
import { useFund } from "../FundContext.tsx"
import styles from "./RunBar.module.css"

/** What can be done with the run. */
export function RunActions() {
  const { run } = useFund()
  const { runId, status, report } = run
  const pins = pinsIn(useAddress())
  const [fault, setFault] = useState("")
  if (!runId) return null
  const canCancel = status === "queued" || status === "running" || status === "retrying"
  const isPinned = pins.includes(runId)
  const cancel = () => {
    setFault("")
    run.cancel().catch((error: Error) => setFault(`Not cancelled: ${error.message}`))
  }
  return (
    <div className={styles.actions}>
      {fault && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
      {report && (run.isEnded || run.source === "kept") && (
        <Button
          size="small"
          aria-pressed={isPinned}
          onClick={() => navigate(wizardAddress(runId, togglePin(pins, runId)), { replace: true })}
        >
          {isPinned ? "Pinned" : "Pin to compare"}
        </Button>
      )}
      <CopyButton text={() => new URL(wizardAddress(runId), location.href).href}>
        Copy link
      </CopyButton>
      <a className={styles.link} href={consoleAddress(runId)}>
        Events
      </a>
      {(canCancel || status === "cancelling") && (
        <Button size="small" tone="danger" disabled={!canCancel} onClick={cancel}>
          Cancel
        </Button>
      )}
    </div>
  )
}
