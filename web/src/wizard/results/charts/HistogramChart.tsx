import { memo, useId } from "react"
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts"
import { formatPercent } from "../../../shared/format/numbers.ts"
import type { Metric } from "../../run/types.ts"
import { type Bin, binName } from "../tables/bins.ts"
import { axisLine, chartHeight, gridStroke, margin, tick } from "./Axes.ts"
import { binTicks } from "./binTicks.ts"
import { ChartTooltip } from "./ChartTooltip.tsx"
import { type HistogramPoint, histogramPoints, type Outline } from "./histogramPoints.ts"
import { shareTicks } from "./roundTicks.ts"
import { splitFill } from "./splitFill.tsx"

/** What lies below a word does not run through it. */
const halo = { stroke: "var(--surface)", strokeWidth: 4, paintOrder: "stroke" } as const

export interface HistogramChartProps {
  readonly bins: readonly Bin[]
  /** The first is filled, the others are outlines over it. */
  readonly outlines: readonly Outline[]
  /** Whose percentiles are marked. */
  readonly metric: Metric
  /** Values that mean something, such as 1×. */
  readonly lines: readonly number[]
  readonly format: (value: number) => string
  readonly label: string
}

/** How the paths are spread over the values of one figure. */
export const HistogramChart = memo(function HistogramChart(props: HistogramChartProps) {
  const { bins, outlines, metric, lines, format, label } = props
  const fill = useId()
  const start = bins[0]?.from ?? 0
  const end = bins.at(-1)?.to ?? 1
  const most = Math.max(...outlines.flatMap(({ shares }) => shares), 1)
  const points = histogramPoints(bins, outlines)
  const clamp = (value: number) => Math.min(end, Math.max(start, value))
  const [low, high] = [clamp(metric.p5), clamp(metric.p95)]
  const top = most * 1.12
  const mark = (value: number, text: string, position: "left" | "right" | "top") => (
    <ReferenceDot
      x={clamp(value)}
      y={top}
      r={3}
      fill="var(--text)"
      stroke="none"
      label={{ value: text, position, fontSize: 12, fill: "var(--text)", ...halo }}
    />
  )
  return (
    <ResponsiveContainer width="100%" height={chartHeight}>
      <ComposedChart data={points} margin={margin} title={label}>
        <defs>{splitFill(fill, start, end, lines[0] ?? start, outlines[0]?.colour ?? "none")}</defs>
        <CartesianGrid vertical={false} stroke={gridStroke} syncWithTicks />
        <XAxis
          dataKey="x"
          type="number"
          domain={[start, end]}
          ticks={binTicks(bins)}
          tickFormatter={(value: number) =>
            value === bins.at(-1)?.from ? `≥ ${format(value)}` : format(value)
          }
          tick={tick}
          tickLine={false}
          axisLine={axisLine}
        />
        <YAxis
          width={44}
          domain={[0, most * 1.2]}
          tickFormatter={(value: number) =>
            formatPercent(value, most < 5 && value % 1 !== 0 ? 1 : 0)
          }
          tick={tick}
          tickLine={false}
          axisLine={false}
          ticks={[...shareTicks(most)]}
        />
        {lines.map((value) => (
          <ReferenceLine
            key={value}
            x={value}
            stroke="var(--line-strong)"
            strokeDasharray="4 4"
            label={{
              value: format(value),
              position: "top",
              fontSize: 12,
              fill: "var(--text-faint)",
            }}
          />
        ))}
        <Area
          dataKey="s0"
          type="stepAfter"
          stroke={outlines[0]?.colour ?? "none"}
          strokeWidth={1.5}
          fill={`url(#${fill})`}
          fillOpacity={1}
          isAnimationActive={false}
          activeDot={false}
        />
        {outlines.slice(1).map(({ name, colour }, at) => (
          <Line
            key={name}
            dataKey={`s${at + 1}`}
            type="stepAfter"
            stroke={colour}
            strokeWidth={2}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
        ))}
        <ReferenceLine
          segment={[
            { x: low, y: top },
            { x: high, y: top },
          ]}
          stroke="var(--text)"
          strokeWidth={1.5}
        />
        {mark(metric.p5, "p5", "left")}
        {mark(metric.p50, "median", "top")}
        {mark(metric.p95, "p95", "right")}
        <Tooltip
          cursor={{ stroke: "var(--line-strong)" }}
          isAnimationActive={false}
          content={({ active, payload }) => {
            const point = payload?.[0]?.payload as HistogramPoint | undefined
            if (!active || !point) return null
            const told = outlines.map(({ name, colour }, run) => ({
              name,
              colour,
              value: formatPercent(point[`s${run}`], 1),
            }))
            return <ChartTooltip title={binName(point.bin, format)} lines={told} />
          }}
        />
      </ComposedChart>
    </ResponsiveContainer>
  )
})
