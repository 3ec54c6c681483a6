import { memo } from "react"
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts"
import { type Fan, percentiles } from "../../run/types.ts"
import { axisLine, chartHeight, gridStroke, tick } from "./Axes.ts"
import { ChartTooltip } from "./ChartTooltip.tsx"
import { valueAxis } from "./valueAxis.ts"

/** One run's fan; of all but the first only the median is drawn. */
export interface NamedFan {
  readonly name: string
  readonly colour: string
  readonly years: readonly number[]
  readonly fan: Fan
}

export interface FanChartProps {
  readonly fans: readonly NamedFan[]
  /** Where nothing is gained or lost. */
  readonly level: number
  /** With so many digits, where it has any. */
  readonly format: (value: number, digits?: number) => string
  readonly label: string
}

/** What becomes of a figure year by year: the median, and where half and nine tenths of the paths lie. */
export const FanChart = memo(function FanChart({ fans, level, format, label }: FanChartProps) {
  const longest = Math.max(...fans.map(({ years }) => years.length))
  const points = Array.from({ length: longest }, (_, at) => {
    const fan = fans[0]?.fan
    return {
      year: at + 1,
      wide: [fan?.p5[at], fan?.p95[at]],
      narrow: [fan?.p25[at], fan?.p75[at]],
      ...Object.fromEntries(fans.map((each, run) => [`m${run}`, each.fan.p50[at]])),
    }
  })
  const drawn = [
    level,
    ...(fans[0] ? [...fans[0].fan.p5, ...fans[0].fan.p95] : []),
    ...fans.slice(1).flatMap(({ fan }) => fan.p50),
  ]
  const colour = fans[0]?.colour ?? "none"
  const area = {
    type: "linear",
    stroke: "none",
    fill: colour,
    isAnimationActive: false,
    activeDot: false,
  } as const
  return (
    <ResponsiveContainer width="100%" height={chartHeight}>
      <ComposedChart data={points} margin={{ top: 8, right: 16, bottom: 0, left: 0 }} title={label}>
        <CartesianGrid vertical={false} stroke={gridStroke} syncWithTicks />
        <XAxis
          dataKey="year"
          type="number"
          domain={[1, longest]}
          tickCount={longest}
          interval="preserveStartEnd"
          tick={tick}
          tickLine={false}
          axisLine={axisLine}
        />
        <YAxis {...valueAxis(drawn, format)} />
        <Area {...area} dataKey="wide" fillOpacity={0.16} />
        <Area {...area} dataKey="narrow" fillOpacity={0.26} />
        <ReferenceLine y={level} stroke="var(--line-strong)" />
        {fans.map((each, run) => (
          <Line
            key={each.name}
            dataKey={`m${run}`}
            type="linear"
            stroke={each.colour}
            strokeWidth={2}
            dot={false}
            isAnimationActive={false}
          />
        ))}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--line-strong)" }}
          content={({ active, label: year }) => {
            const at = Number(year) - 1
            const fan = fans[0]?.fan
            if (!active || !fan) return null
            const own = percentiles.toReversed().map((each) => ({
              name: each === "p50" ? "median" : each,
              value: format(fan[each][at] ?? Number.NaN),
            }))
            const others = fans.slice(1).map((each) => ({
              name: `${each.name}, median`,
              colour: each.colour,
              value: format(each.fan.p50[at] ?? Number.NaN),
            }))
            return <ChartTooltip title={`Year ${year}`} lines={[...own, ...others]} />
          }}
        />
      </ComposedChart>
    </ResponsiveContainer>
  )
})
