import { Convergence } from "./Convergence.tsx"
import { Histogram } from "./Histogram.tsx"
import { JCurve } from "./JCurve.tsx"
import { PercentileTable } from "./PercentileTable.tsx"
import styles from "./Results.module.css"
import type { Series } from "./series.ts"

/** The charts and the table below them. They bring the chart library, so they are loaded by themselves. */
export default function Figures({ series }: { readonly series: readonly Series[] }) {
  return (
    <div className={styles.charts}>
      <Histogram series={series} />
      <JCurve series={series} />
      <Convergence series={series} />
      <PercentileTable series={series} />
    </div>
  )
}
