import { type PointerEvent, type ReactNode, useState } from "react"
import { formatMoment } from "../../shared/format/times.ts"
import { type Measure, type Point, shownMs } from "./history.ts"
import styles from "./MetricTile.module.css"
import { Sparkline } from "./Sparkline.tsx"
import { valueNear } from "./segments.ts"

export interface MetricTileProps {
  readonly title: string
  readonly measure: Measure
  readonly format: (value: number | undefined) => string
  readonly points: readonly Point[]
  /** What stands beside the value. */
  readonly note?: ReactNode
  readonly second?: Measure
  readonly top?: number
  /** Whether the value asks for attention. */
  readonly isAlarming?: boolean
}

/** One measure: its value now, or where the pointer is, over its last five minutes. */
export function MetricTile(props: MetricTileProps) {
  const { title, measure, format, points, note, second, top = 1, isAlarming } = props
  const [pointedAt, setPointedAt] = useState<number | null>(null)
  const latest = points.at(-1)
  const until = latest?.at ?? 0
  const pointed =
    pointedAt === null ? undefined : valueNear(points, measure, until - pointedAt * shownMs)
  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    setPointedAt((box.right - event.clientX) / box.width)
  }
  const values = points.map((one) => one[measure]).filter((value) => value !== undefined)
  const range =
    values.length > 0
      ? `between ${format(Math.min(...values))} and ${format(Math.max(...values))} in the last five minutes`
      : "not known"
  return (
    <div className={styles.tile} data-measure={measure}>
      <dt className={styles.title}>{title}</dt>
      <dd className={styles.now}>
        <span className={`${styles.value} ${isAlarming ? styles.alarming : ""}`}>
          {format(pointed ? pointed.value : latest?.[measure])}
        </span>
        <span className={styles.note}>{pointed ? formatMoment(pointed.at) : note}</span>
      </dd>
      <dd className={styles.graph}>
        <div
          role="img"
          aria-label={`${title}: ${range}`}
          onPointerMove={point}
          onPointerLeave={() => setPointedAt(null)}
        >
          <Sparkline points={points} measure={measure} second={second} top={top} until={until} />
        </div>
      </dd>
    </div>
  )
}
