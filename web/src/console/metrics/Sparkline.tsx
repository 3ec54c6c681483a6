import type { Measure, Point } from "./history.ts"
import { shownMs } from "./history.ts"
import styles from "./Sparkline.module.css"
import { segmentsOf, type Value } from "./segments.ts"

const width = 300
const height = 40
const inset = 2

export interface SparklineProps {
  readonly points: readonly Point[]
  readonly measure: Measure
  /** The value at the top; at least this, and more where a value is larger. */
  readonly top: number
  /** The time at the right edge. */
  readonly until: number
  /** Drawn below it, without an area. */
  readonly second?: Measure | undefined
}

/** Five minutes of one measure. What was not measured is not drawn. */
export function Sparkline({ points, measure, top, until, second }: SparklineProps) {
  const shown = second ? [measure, second] : [measure]
  const values = points.flatMap((point) => shown.map((which) => point[which] ?? 0))
  const most = Math.max(top, ...values)
  const x = (at: number) => width * (1 - (until - at) / shownMs)
  const y = (value: number) => height - inset - (height - 2 * inset) * (most > 0 ? value / most : 0)
  const lineOf = (segment: readonly Value[]) =>
    // A lone value is a dot: a line without length, with round ends.
    `M${[...segment, ...segment.slice(-1)].map((one) => `${x(one.at).toFixed(1)} ${y(one.value).toFixed(1)}`).join("L")}`
  const areaOf = (segment: readonly Value[]) => {
    const [first, last] = [segment[0] as Value, segment.at(-1) as Value]
    return `${lineOf(segment)}L${x(last.at).toFixed(1)} ${height}L${x(first.at).toFixed(1)} ${height}Z`
  }
  const segments = segmentsOf(points, measure)
  return (
    <svg
      className={styles.sparkline}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      data-segments={segments.length}
    >
      <line className={styles.ground} x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
      {segments.map((segment) => (
        <g key={segment[0]?.at}>
          <path className={styles.area} d={areaOf(segment)} />
          <path className={styles.line} d={lineOf(segment)} />
        </g>
      ))}
      {second &&
        segmentsOf(points, second).map((segment) => (
          <path key={segment[0]?.at} className={styles.second} d={lineOf(segment)} />
        ))}
    </svg>
  )
}
