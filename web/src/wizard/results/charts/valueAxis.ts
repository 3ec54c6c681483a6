import { tick } from "./Axes.ts"
import { digitsOfTicks, roundTicks } from "./roundTicks.ts"

/** What an upright axis is given so that all these values lie on it, between round ones. */
export function valueAxis(
  values: readonly number[],
  format: (value: number, digits: number) => string,
) {
  const ticks = [...roundTicks(Math.min(...values), Math.max(...values))]
  const digits = digitsOfTicks(ticks)
  return {
    width: 56,
    domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1],
    ticks,
    tickFormatter: (value: number) => format(value, digits),
    tick,
    tickLine: false,
    axisLine: false,
  }
}
