import { useMemo } from "react"
import { formatCount, formatMoney } from "../../shared/format/numbers.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { useFund } from "../FundContext.tsx"
import { planOf } from "../fund/plan.ts"
import styles from "./Form.module.css"
import { StartNotice } from "./StartNotice.tsx"

/** What the fund comes to before any run, and the button that starts one. */
export function FormFooter() {
  const { currentFund, faults, run } = useFund()
  const plan = useMemo(() => planOf(currentFund), [currentFund])
  const isStarting = run.startState.kind === "starting" || run.startState.kind === "waiting"
  return (
    <div className={styles.foot}>
      <p className={styles.strip} data-testid="strip">
        <span>
          Investable <strong>{formatMoney(plan.investable)}</strong> of{" "}
          {formatMoney(currentFund.fund.size)}
        </span>
        {" · "}
        <span>
          <strong>{formatCount(plan.cheques)}</strong> cheques
        </span>
        {" · "}
        <span>
          reserves <strong>{formatMoney(plan.reserves)}</strong>
        </span>
      </p>
      <StartNotice />
      <Button type="submit" tone="primary" className={styles.run ?? ""} disabled={isStarting}>
        {runLabel(faults.length, currentFund.paths)}
      </Button>
    </div>
  )
}

function runLabel(faults: number, paths: number): string {
  if (faults > 0) return faults === 1 ? "Go to the fault" : `Go to the first of ${faults} faults`
  return `Run ${formatCount(paths)} paths`
}
