import { useMemo, useState } from "react"
import { formatCount, formatMultiple, formatPercent } from "../../shared/format/numbers.ts"
import { Choice } from "../../shared/ui/Choice.tsx"
import type { Report } from "../run/types.ts"
import { ConvergenceChart } from "./charts/ConvergenceChart.tsx"
import { FigureCard } from "./FigureCard.tsx"
import type { Series } from "./series.ts"
import { plusMinus } from "./tables/confidence.ts"
import type { Table } from "./tables/table.ts"

type Key = "netTvpi" | "netIrr"

/** The medians at the marks passed so far, and now. */
function pointsOf({ convergence, paths, metrics }: Report, key: Key) {
  const passed = convergence.filter((point) => point.paths < paths)
  return [
    ...passed.map((point) => ({ paths: point.paths, ...point[key] })),
    { paths, ...metrics[key] },
  ].map(({ paths: at, p50, standardError }) => ({
    paths: at,
    p50,
    error: plusMinus(standardError) ?? 0,
  }))
}

/** How the median settles: the band is what it is still unsure by. */
export function Convergence({ series: [series] }: { readonly series: readonly Series[] }) {
  const [key, setKey] = useState<Key>("netTvpi")
  const report = series?.report
  const points = useMemo(() => (report ? pointsOf(report, key) : []), [report, key])
  if (!series || !report) return null
  const format = key === "netTvpi" ? tvpi : irr
  const name = key === "netTvpi" ? "net TVPI" : "net IRR"
  const table: Table = {
    columns: [
      { name: "Paths", format: formatCount },
      { name: "Median", format: (value) => format(value) },
      { name: "±", format: (value) => format(value) },
    ],
    rows: points.map(({ paths, p50, error }) => [paths, p50, error]),
  }
  return (
    <FigureCard
      title="Convergence of the median"
      table={table}
      fileName={`${key}-convergence`}
      switches={
        <Choice
          label="Median of"
          value={key}
          onChange={setKey}
          options={[
            { value: "netTvpi", text: "TVPI" },
            { value: "netIrr", text: "IRR" },
          ]}
        />
      }
      note="The band holds the true median in 95 of 100 runs."
    >
      <ConvergenceChart
        points={points}
        total={report.total}
        colour={series.colour}
        format={format}
        label={`Median ${name} by the number of paths`}
      />
    </FigureCard>
  )
}

const tvpi = (value: number, digits = 3) => formatMultiple(value, digits)
const irr = (value: number, digits = 2) => formatPercent(value, digits)
