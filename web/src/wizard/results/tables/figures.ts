import { formatMultiple, formatPercent } from "../../../shared/format/numbers.ts"
import type { Fan, Report } from "../../run/types.ts"
import { plusMinus } from "./confidence.ts"

/** One of the key figures. */
export interface Figure {
  readonly name: string
  readonly value: number | undefined
  /** Half the width of its 95% confidence interval. */
  readonly error: number | undefined
  /** What the error is measured against, for the bar that shrinks. */
  readonly scale: number
  readonly format: (value: number) => string
  readonly unit: "×" | "%"
}

const multiple = (value: number) => formatMultiple(value, 2)
const percent = (value: number) => formatPercent(value, 1)

/** The figures that a glance should find, in order. */
export function figuresOf(report: Report): readonly Figure[] {
  const { metrics, probabilities, byYear } = report
  const median = (
    name: string,
    { p50, standardError }: { p50: number; standardError?: number },
    format: typeof multiple,
    scale: number,
  ): Figure => ({
    name,
    value: p50,
    error: plusMinus(standardError),
    scale,
    format,
    unit: format === multiple ? "×" : "%",
  })
  const chance = (
    name: string,
    { percent: value, standardError }: { percent: number; standardError?: number },
  ): Figure => ({
    name,
    value,
    error: plusMinus(standardError),
    scale: 10,
    format: percent,
    unit: "%",
  })
  return [
    median("Net TVPI", metrics.netTvpi, multiple, 0.5),
    median("Net IRR", metrics.netIrr, percent, 5),
    atYear("DPI by year 5", byYear.netDpi, 5),
    atYear("DPI by year 10", byYear.netDpi, 10),
    chance("P(≥ 1×)", probabilities.netTvpiAtLeast1),
    chance("P(≥ 3×)", probabilities.netTvpiAtLeast3),
    median("Loss ratio", metrics.lossRatio, percent, 10),
  ]
}

/** A shorter fund has no such year. */
function atYear(name: string, fan: Fan, year: number): Figure {
  const error = plusMinus(fan.standardError?.[year - 1])
  return { name, value: fan.p50[year - 1], error, scale: 0.3, format: multiple, unit: "×" }
}

/** The error with as many digits as tell something: ±0.004×. */
export function formatError(figure: Figure): string {
  if (figure.error === undefined) return ""
  const isMultiple = figure.unit === "×"
  const least = isMultiple ? 0.01 : 0.1
  const digits = (isMultiple ? 2 : 1) + (figure.error > 0 && figure.error < least ? 1 : 0)
  return `±${isMultiple ? formatMultiple(figure.error, digits) : formatPercent(figure.error, digits)}`
}
