import { Dialog } from "@base-ui/react/dialog"
import { useState } from "react"
import { Button } from "../../shared/ui/Button.tsx"
import styles from "./History.module.css"
import { HistoryList } from "./HistoryList.tsx"

/** Opens the results that this browser keeps. */
export function History() {
  const [isOpen, setOpen] = useState(false)
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger render={(props) => <Button {...props} size="small" tone="quiet" />}>
        Earlier results
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup}>
          <header className={styles.head}>
            <Dialog.Title className={styles.title}>Earlier results</Dialog.Title>
            <Dialog.Close render={(props) => <Button {...props} size="small" />}>
              Close
            </Dialog.Close>
          </header>
          <Dialog.Description className={styles.about}>
            The last 50 that came to an end while this browser showed them. They stay here when the
            server has forgotten the run.
          </Dialog.Description>
          {isOpen && <HistoryList onLeave={() => setOpen(false)} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
