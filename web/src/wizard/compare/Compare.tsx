import { useMemo } from "react"
import { digitsOf } from "../../shared/format/numbers.ts"
import { FigureCard } from "../results/FigureCard.tsx"
import type { Series } from "../results/series.ts"
import { TableView } from "../results/TableView.tsx"
import type { Table } from "../results/tables/table.ts"
import { percentiles } from "../run/types.ts"
import styles from "./Compare.module.css"
import { differentInputs } from "./difference.ts"
import { PinList } from "./PinList.tsx"
import type { Pinned } from "./usePinned.ts"

export interface CompareProps {
  /** The run that the pins are compared with, if it has a report yet. */
  readonly series: readonly Series[]
  readonly pinned: readonly Pinned[]
}

/** The pinned runs beside the one shown: what went in differently, and what came out differently. */
export function Compare({ series, pinned }: CompareProps) {
  const inputs = useMemo<Table>(() => {
    const rows = differentInputs(series.map(({ report }) => report))
    return {
      columns: [{ name: "Input" }, ...series.map(({ name }) => ({ name }))],
      rows: rows.map(({ name, values }) => [name, ...values]),
    }
  }, [series])
  const differences = useMemo(() => differencesOf(series), [series])
  return (
    <FigureCard
      title="Compare"
      table={differences}
      fileName="differences"
      note={
        series.length > 1
          ? `Differences are ${series[0]?.name ?? ""} less the other run.`
          : undefined
      }
    >
      <div className={styles.compare}>
        <PinList pinned={pinned} current={series[0]} />
        {series.length > 1 && (
          <>
            <h3>Differences of percentiles</h3>
            <TableView table={differences} caption="Differences of percentiles" />
            <h3>Inputs that differ</h3>
            {inputs.rows.length > 0 ? (
              <TableView table={inputs} caption="Inputs that differ" />
            ) : (
              <p className={styles.quiet}>None: only the seed may be another.</p>
            )}
          </>
        )}
      </div>
    </FigureCard>
  )
}

function differencesOf([first, ...others]: readonly Series[]): Table {
  const signed = (digits: number) => (value: number) =>
    `${value > 0 ? "+" : ""}${digitsOf(digits)(value)}`
  const rows = others.flatMap(({ name, report }) =>
    (
      [
        ["netTvpi", "net TVPI"],
        ["netIrr", "net IRR, points"],
      ] as const
    ).map(([key, what]) => [
      `${name}: ${what}`,
      ...percentiles.map((each) =>
        round((first?.report.metrics[key][each] ?? 0) - report.metrics[key][each]),
      ),
    ]),
  )
  return {
    columns: [{ name: "Against" }, ...percentiles.map((name) => ({ name, format: signed(2) }))],
    rows,
  }
}

const round = (value: number) => Math.round(value * 1e4) / 1e4
