import { AlertDialog } from "@base-ui/react/alert-dialog"
import type { Run, RunState, RunstreamError } from "@runstream/client"
import { useState } from "react"
import { formatCount } from "../../shared/format/numbers.ts"
import { client } from "../../shared/server/client.ts"
import { Button } from "../../shared/ui/Button.tsx"
import styles from "./CancelDialog.module.css"

export interface CancelDialogProps {
  /** The run that may be cancelled; null closes the dialog. */
  readonly run: Run | null
  onClose(): void
  onCancelled?(run: Run, state: RunState): void
}

function readersOf({ readers }: Run): string {
  if (readers === 0) return "Nobody is reading it now."
  return readers === 1
    ? "One reader follows it now."
    : `${formatCount(readers)} readers follow it now.`
}

/** Asks before a run is cancelled, naming what would be stopped and who is reading. */
export function CancelDialog({ run, onClose, onCancelled }: CancelDialogProps) {
  const [isCancelling, setCancelling] = useState(false)
  const [failure, setFailure] = useState("")
  const close = () => {
    setFailure("")
    onClose()
  }
  const cancel = async (asked: Run) => {
    setCancelling(true)
    setFailure("")
    try {
      const state = await client.cancelRun(asked.runId)
      onCancelled?.(asked, state)
      close()
    } catch (error) {
      setFailure((error as RunstreamError).message)
    } finally {
      setCancelling(false)
    }
  }
  return (
    <AlertDialog.Root open={run !== null} onOpenChange={(isOpen) => !isOpen && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.backdrop} />
        <AlertDialog.Popup className={styles.popup}>
          {run && (
            <>
              <AlertDialog.Title className={styles.title}>
                Cancel this run of {run.agent}?
              </AlertDialog.Title>
              <AlertDialog.Description className={styles.text} render={<div />}>
                <p>
                  <code>{run.runId}</code> will stop for everybody. {readersOf(run)}
                </p>
                <p>What it has produced so far can still be read.</p>
              </AlertDialog.Description>
              {failure && (
                <p className={styles.failure} role="alert">
                  Not cancelled: {failure}
                </p>
              )}
              <div className={styles.actions}>
                <AlertDialog.Close render={<Button />}>Let it run</AlertDialog.Close>
                <Button
                  className={styles.confirm ?? ""}
                  disabled={isCancelling}
                  onClick={() => cancel(run)}
                >
                  {isCancelling ? "Cancelling…" : "Cancel the run"}
                </Button>
              </div>
            </>
          )}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
