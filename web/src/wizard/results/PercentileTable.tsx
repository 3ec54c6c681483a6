import { useMemo } from "react"
import { formatMultiple, formatPercent } from "../../shared/format/numbers.ts"
import { type MetricKey, percentiles, type Report } from "../run/types.ts"
import { FigureCard } from "./FigureCard.tsx"
import type { Series } from "./series.ts"
import { TableView } from "./TableView.tsx"
import { plusMinus } from "./tables/confidence.ts"
import type { Cell, Table } from "./tables/table.ts"

const rows: readonly { key: MetricKey; name: string; isPercent?: boolean }[] = [
  { key: "netTvpi", name: "Net TVPI" },
  { key: "netDpi", name: "Net DPI" },
  { key: "netRvpi", name: "Net RVPI" },
  { key: "netIrr", name: "Net IRR", isPercent: true },
  { key: "grossTvpi", name: "Gross TVPI" },
  { key: "grossIrr", name: "Gross IRR", isPercent: true },
  { key: "lossRatio", name: "Loss ratio", isPercent: true },
  { key: "bestCompanyShare", name: "Best company's share", isPercent: true },
]

/** Every figure with its percentiles. */
export function PercentileTable({ series: [series] }: { readonly series: readonly Series[] }) {
  const report = series?.report
  const { shown, exact } = useMemo(() => tablesOf(report), [report])
  return (
    <FigureCard
      title="Percentiles"
      table={exact}
      shown={shown}
      fileName="percentiles"
      note={`p5: 5% of the paths lie below. Multiples and percent, as of year ${report?.input.fund.asOfYear ?? "–"}.`}
    >
      <TableView table={shown} caption="Percentiles" />
    </FigureCard>
  )
}

/** As it is shown, and with all digits for CSV. */
function tablesOf(report: Report | undefined): { shown: Table; exact: Table } {
  const columns = ["Figure", ...percentiles, "Mean", "± median"].map((name) => ({ name }))
  const exact = rows.map(({ key, name, isPercent }) => {
    const metric = report?.metrics[key]
    const values = [...percentiles, "mean" as const].map((each) => metric?.[each] ?? null)
    const error = plusMinus(metric?.standardError)
    const unit = isPercent ? "%" : "×"
    return [
      `${name}, ${unit}`,
      ...values,
      error === undefined ? null : Number(error.toPrecision(4)),
    ] as Cell[]
  })
  const shown = exact.map(([, ...cells], row) => {
    const format = rows[row]?.isPercent ? formatPercent : formatMultiple
    const last = cells.length - 1
    return [
      rows[row]?.name ?? "",
      ...cells.map((cell, at) =>
        format(cell as number | null, at === last ? (rows[row]?.isPercent ? 2 : 3) : undefined),
      ),
    ]
  })
  return { shown: { columns, rows: shown }, exact: { columns, rows: exact } }
}
