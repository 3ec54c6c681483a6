import { useMemo, useState } from "react"
import { formatMultiple, formatPercent } from "../../shared/format/numbers.ts"
import { Choice } from "../../shared/ui/Choice.tsx"
import { HistogramChart } from "./charts/HistogramChart.tsx"
import { FigureCard } from "./FigureCard.tsx"
import { legendOf, type Series } from "./series.ts"
import { binName, binsOf, sharesIn } from "./tables/bins.ts"
import type { Table } from "./tables/table.ts"

type Kind = "Tvpi" | "Irr"
type Side = "net" | "gross"

const short = (value: number) =>
  formatMultiple(value, value % 1 === 0 ? 0 : value % 0.5 === 0 ? 1 : 2)
const percent = (value: number) => formatPercent(value, 0)

/** How the paths are spread over the fund's multiple or rate of return. */
export function Histogram({ series }: { readonly series: readonly Series[] }) {
  const [kind, setKind] = useState<Kind>("Tvpi")
  const [side, setSide] = useState<Side>("net")
  const format = kind === "Tvpi" ? short : percent
  const hurdle = series[0]?.report.input.carry.hurdle ?? 0

  const shown = useMemo(() => {
    const metrics = series.map(({ report }) => report.metrics[`${side}${kind}`])
    const bins = binsOf(metrics, kind === "Irr")
    const outlines = series.map(({ name, colour }, at) => ({
      name,
      colour,
      shares: sharesIn(bins, metrics[at] as (typeof metrics)[number]),
    }))
    return { metric: metrics[0], bins, outlines }
  }, [series, side, kind])

  const lines = useMemo(
    () => (kind === "Tvpi" ? [1, 3] : [...new Set([0, hurdle])]),
    [kind, hurdle],
  )
  if (!shown.metric) return null
  const name = `${side === "net" ? "Net" : "Gross"} ${kind === "Tvpi" ? "TVPI" : "IRR"}`
  const table: Table = {
    columns: [
      { name },
      ...shown.outlines.map((outline) => ({
        name: `${outline.name}, % of paths`,
        format: (value: number) => formatPercent(value, 2),
      })),
    ],
    rows: shown.bins.map((bin, at) => [
      binName(bin, format),
      ...shown.outlines.map(({ shares }) => round(shares[at])),
    ]),
  }
  return (
    <FigureCard
      title={`Distribution of ${name}`}
      table={table}
      legend={legendOf(series)}
      fileName={`${side}-${kind.toLowerCase()}-distribution`}
      switches={
        <>
          <Choice
            label="Figure"
            value={kind}
            onChange={setKind}
            options={[
              { value: "Tvpi", text: "TVPI" },
              { value: "Irr", text: "IRR" },
            ]}
          />
          <Choice
            label="Side"
            value={side}
            onChange={setSide}
            options={[
              { value: "net", text: "Net" },
              { value: "gross", text: "Gross" },
            ]}
          />
        </>
      }
    >
      <HistogramChart
        bins={shown.bins}
        outlines={shown.outlines}
        metric={shown.metric}
        lines={lines}
        format={format}
        label={`Distribution of ${name}: median ${format(shown.metric.p50)}`}
      />
    </FigureCard>
  )
}

const round = (share: number | undefined) => Math.round((share ?? 0) * 1e4) / 1e4
