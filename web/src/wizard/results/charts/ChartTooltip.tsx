import styles from "./ChartTooltip.module.css"

export interface TooltipLine {
  readonly name: string
  readonly colour?: string
  readonly value: string
}

/** What a chart says of the place that is pointed at. */
export function ChartTooltip({
  title,
  lines,
}: {
  readonly title: string
  readonly lines: readonly TooltipLine[]
}) {
  return (
    <div className={styles.tooltip}>
      <p className={styles.title}>{title}</p>
      <dl className={styles.lines}>
        {lines.map(({ name, colour, value }) => (
          <div key={name} className={styles.line}>
            <dt>
              {colour && (
                <svg width="10" height="10" aria-hidden="true">
                  <rect width="10" height="10" rx="2" fill={colour} />
                </svg>
              )}
              {name}
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
