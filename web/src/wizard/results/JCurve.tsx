import { useMemo, useState } from "react"
import { formatDollars, formatMoney, formatMultiple } from "../../shared/format/numbers.ts"
import { Choice } from "../../shared/ui/Choice.tsx"
import { percentiles, type YearKey } from "../run/types.ts"
import { FanChart } from "./charts/FanChart.tsx"
import { FigureCard } from "./FigureCard.tsx"
import { legendOf, type Series } from "./series.ts"
import type { Table } from "./tables/table.ts"

interface View {
  readonly text: string
  readonly title: string
  format(value: number, digits?: number): string
}

const multiple = (value: number, digits = 2) => formatMultiple(value, digits)

const views: Record<YearKey, View> = {
  netCashFlow: {
    text: "Cash flow",
    title: "J-curve: cash flow to the partners",
    format: (value) => formatMoney(value),
  },
  netTvpi: { text: "TVPI", title: "Net TVPI by year", format: multiple },
  netDpi: { text: "DPI", title: "Net DPI by year", format: multiple },
  netRvpi: { text: "RVPI", title: "Net RVPI by year", format: multiple },
}

/** What the limited partners have, year by year. */
export function JCurve({ series }: { readonly series: readonly Series[] }) {
  const [key, setKey] = useState<YearKey>("netCashFlow")
  const { title, format } = views[key]
  const fans = useMemo(
    () =>
      series.map(({ name, colour, report }) => ({
        name,
        colour,
        years: report.byYear.years,
        fan: report.byYear[key],
      })),
    [series, key],
  )
  const [first] = fans
  if (!first) return null
  const exact = key === "netCashFlow" ? formatDollars : (value: number) => formatMultiple(value, 3)
  const table: Table = {
    columns: [
      { name: "Year" },
      ...percentiles.map((each) => ({ name: each, format: exact })),
      ...fans.slice(1).map(({ name }) => ({ name: `${name}, p50`, format: exact })),
    ],
    rows: first.years.map((year, at) => [
      year,
      ...percentiles.map((each) => first.fan[each][at] ?? null),
      ...fans.slice(1).map(({ fan }) => fan.p50[at] ?? null),
    ]),
  }
  return (
    <FigureCard
      title={title}
      table={table}
      legend={legendOf(series)}
      fileName={`${key}-by-year`}
      switches={
        <Choice
          label="Figure by year"
          value={key}
          onChange={setKey}
          options={Object.entries(views).map(([value, { text }]) => ({
            value: value as YearKey,
            text,
          }))}
        />
      }
      note="Median, with 50% and 90% of the paths around it. At the end of each year, cumulative."
    >
      <FanChart fans={fans} level={key === "netCashFlow" ? 0 : 1} format={format} label={title} />
    </FigureCard>
  )
}
