import { useMemo } from "react"
import { digitsOf, formatCount } from "../../shared/format/numbers.ts"
import { useFund } from "../FundContext.tsx"
import { type FunnelStage, planOf } from "../fund/plan.ts"
import styles from "./Funnel.module.css"

const tenths = digitsOf(1)

/** How the companies are expected to come through the stages, whatever the time it takes them. */
export function Funnel() {
  const { currentFund } = useFund()
  const { funnel } = useMemo(() => planOf(currentFund), [currentFund])
  const most = Math.max(1, ...funnel.map(({ entering }) => entering))
  return (
    <section className={styles.funnel} aria-label="Stage funnel">
      <header className={styles.head}>
        <h3>Companies by stage</h3>
        <ul className={styles.legend} aria-hidden="true">
          <li data-part="graduating">raise</li>
          <li data-part="exiting">exit</li>
          <li data-part="failing">fail</li>
        </ul>
      </header>
      <ol className={styles.stages}>
        {funnel.map((stage, index) => (
          <FunnelRow key={index} stage={stage} most={most} />
        ))}
      </ol>
    </section>
  )
}

function FunnelRow({ stage, most }: { readonly stage: FunnelStage; readonly most: number }) {
  const parts = ["graduating", "exiting", "failing"] as const
  const told = parts.map((part) => `${tenths(stage[part])} ${part}`).join(", ")
  return (
    <li className={styles.stage}>
      <span className={styles.name}>{stage.name}</span>
      <svg
        className={styles.bar}
        viewBox="0 0 100 10"
        preserveAspectRatio="none"
        role="img"
        aria-label={told}
      >
        <Parts stage={stage} most={most} />
      </svg>
      <span className={styles.sum}>
        {stage.arriving > 0 ? tenths(stage.entering) : formatCount(stage.entering)}
      </span>
    </li>
  )
}

function Parts({ stage, most }: { readonly stage: FunnelStage; readonly most: number }) {
  let from = 0
  return (["graduating", "exiting", "failing"] as const).map((part) => {
    const width = (100 * stage[part]) / most || 0
    const x = from
    from += width
    return <rect key={part} data-part={part} x={x} y="0" width={width} height="10" />
  })
}
