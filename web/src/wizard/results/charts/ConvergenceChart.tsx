import { memo } from "react"
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts"
import { formatCount, formatShort } from "../../../shared/format/numbers.ts"
import { axisLine, chartHeight, gridStroke, tick } from "./Axes.ts"
import { ChartTooltip } from "./ChartTooltip.tsx"
import { valueAxis } from "./valueAxis.ts"

export interface ConvergenceChartProps {
  readonly points: readonly {
    readonly paths: number
    readonly p50: number
    readonly error: number
  }[]
  /** Paths asked for. */
  readonly total: number
  readonly colour: string
  /** With so many digits, else with as many as the figure is worth. */
  readonly format: (value: number, digits?: number) => string
  readonly label: string
}

/** How the median settles as paths are added. */
export const ConvergenceChart = memo(function ConvergenceChart(props: ConvergenceChartProps) {
  const { points, total, colour, format, label } = props
  const shown = points.map(({ paths, p50, error }) => ({
    paths,
    p50,
    error,
    band: [p50 - error, p50 + error],
  }))
  const first = points[0]?.paths ?? 1
  const drawn = shown.flatMap(({ band }) => band)
  return (
    <ResponsiveContainer width="100%" height={chartHeight}>
      <ComposedChart data={shown} margin={{ top: 8, right: 20, bottom: 0, left: 0 }} title={label}>
        <CartesianGrid vertical={false} stroke={gridStroke} syncWithTicks />
        <XAxis
          dataKey="paths"
          type="number"
          scale="log"
          domain={[first, Math.max(total, first * 10)]}
          ticks={powersOfTen(first, total)}
          tickFormatter={formatShort}
          tick={tick}
          tickLine={false}
          axisLine={axisLine}
        />
        <YAxis {...valueAxis(drawn, format)} />
        <Area
          dataKey="band"
          type="linear"
          stroke="none"
          fill={colour}
          fillOpacity={0.22}
          isAnimationActive={false}
          activeDot={false}
        />
        <Line
          dataKey="p50"
          type="linear"
          stroke={colour}
          strokeWidth={2}
          dot={{ r: 2.5, fill: colour, strokeWidth: 0 }}
          isAnimationActive={false}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--line-strong)" }}
          content={({ active, payload }) => {
            const point = payload?.[0]?.payload as (typeof shown)[number] | undefined
            if (!active || !point) return null
            const lines = [
              { name: "Median", value: format(point.p50) },
              { name: "±", value: format(point.error) },
            ]
            return <ChartTooltip title={`${formatCount(point.paths)} paths`} lines={lines} />
          }}
        />
      </ComposedChart>
    </ResponsiveContainer>
  )
})

function powersOfTen(from: number, to: number): number[] {
  const powers: number[] = []
  for (let power = 10 ** Math.ceil(Math.log10(from)); power <= Math.max(to, from * 10); power *= 10)
    powers.push(power)
  return powers
}
