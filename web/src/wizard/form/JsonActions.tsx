import { type ChangeEvent, useRef, useState } from "react"
import { saveFile } from "../../shared/saveFile.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { useFund } from "../FundContext.tsx"
import { readInput, toJsonText } from "../fund/inputJson.ts"
import styles from "./JsonActions.module.css"

/** Imports and exports the fund as the JSON that the server takes. */
export function JsonActions() {
  const { currentFund, setCurrentFund } = useFund()
  const picker = useRef<HTMLInputElement>(null)
  const [said, setSaid] = useState("")

  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? []
    // So that the same file can be picked again.
    event.target.value = ""
    if (!file) return
    try {
      const { fund, leftOut } = readInput(await file.text())
      setCurrentFund(fund)
      setSaid(leftOut.length > 0 ? `Left out, as no fund has this: ${leftOut.join(", ")}` : "")
    } catch (error) {
      setSaid(`${file.name} was not imported. ${error instanceof Error ? error.message : error}`)
    }
  }
  const save = () => saveFile("fund.json", toJsonText(currentFund), "application/json")
  return (
    <>
      <div className={styles.actions}>
        <Button size="small" tone="quiet" onClick={() => picker.current?.click()}>
          Import JSON
        </Button>
        <Button size="small" tone="quiet" onClick={save}>
          Export
        </Button>
        <input
          ref={picker}
          type="file"
          accept=".json,application/json"
          hidden
          onChange={read}
          data-testid="import"
        />
      </div>
      <p className={styles.said} role="status">
        {said}
      </p>
    </>
  )
}
