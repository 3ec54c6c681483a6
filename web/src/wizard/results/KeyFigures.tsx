import { useMemo } from "react"
import { FigureCard } from "./FigureCard.tsx"
import styles from "./KeyFigures.module.css"
import type { Series } from "./series.ts"
import { type Figure, figuresOf, formatError } from "./tables/figures.ts"
import type { Table } from "./tables/table.ts"

/** The figures that a glance should find, each with what it is still unsure by. */
export function KeyFigures({ series: [series] }: { readonly series: readonly Series[] }) {
  const figures = useMemo(() => (series ? figuresOf(series.report) : []), [series])
  const table: Table = {
    columns: [{ name: "Figure" }, { name: "Value" }, { name: "± (95%)" }],
    rows: figures.map(({ name, unit, value, error }) => [
      `${name}, ${unit}`,
      value ?? null,
      error === undefined ? null : Number(error.toPrecision(4)),
    ]),
  }
  return (
    <FigureCard
      title="Key figures"
      table={table}
      shown={{
        ...table,
        rows: figures.map((figure) => [
          figure.name,
          figure.value === undefined ? null : figure.format(figure.value),
          formatError(figure),
        ]),
      }}
      fileName="key-figures"
      note="Medians over all paths. ± is the simulation's own uncertainty, 95 of 100 times; more paths make it smaller."
    >
      <dl className={styles.figures}>
        {figures.map((figure) => (
          <Tile key={figure.name} figure={figure} />
        ))}
      </dl>
    </FigureCard>
  )
}

function Tile({ figure }: { readonly figure: Figure }) {
  const { name, value, error, scale, format } = figure
  const width = error === undefined ? 100 : Math.min(100, (100 * error) / scale)
  return (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>
        <span className={styles.value}>{value === undefined ? "–" : format(value)}</span>
        <span className={styles.error}>{value === undefined ? "" : formatError(figure)}</span>
        <svg
          className={styles.bar}
          viewBox="0 0 100 4"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <rect className={styles.track} width="100" height="4" />
          <rect className={styles.unsure} x={50 - width / 2} width={width} height="4" />
        </svg>
      </dd>
    </div>
  )
}
