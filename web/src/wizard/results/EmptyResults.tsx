import { Button } from "../../shared/ui/Button.tsx"
import { useFund } from "../FundContext.tsx"
import { presets } from "../fund/presets.ts"
import { Funnel } from "../strip/Funnel.tsx"
import { Ghosts } from "./Ghosts.tsx"
import styles from "./Results.module.css"

/** Before any run: what follows from the fund alone, where the charts will be, and one button that fills them. */
export function EmptyResults() {
  const { needsSetup, setCurrentFund, faults, run } = useFund()
  const [preset] = presets
  if (!preset) return null
  const begin = () => {
    setCurrentFund(preset.fund)
    run.start(preset.fund)
  }
  return (
    <div className={styles.results}>
      <div className={styles.invitation}>
        <h2>See how a fund may turn out</h2>
        <p>{invitation(needsSetup, faults.length)}</p>
        {needsSetup && (
          <Button tone="primary" onClick={begin}>
            Run the preset “{preset.name}”
          </Button>
        )}
      </div>
      <div className={styles.outlook}>
        <Funnel />
      </div>
      <Ghosts />
    </div>
  )
}

function invitation(needsSetup: boolean, faults: number): string {
  const after = "Results sharpen while it runs, and you can leave and come back."
  if (needsSetup) return `Set it up in the form, or look at one at once. ${after}`
  return faults > 0 ? "Something in the form is not right yet." : `It is ready to run. ${after}`
}
