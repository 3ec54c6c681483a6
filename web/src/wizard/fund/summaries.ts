import { formatCount, formatMoney, formatNumber, formatShort } from "../../shared/format/numbers.ts"
import type { StepId } from "./steps.ts"
import type { Fund } from "./types.ts"

/** What a step holds, in one line. */
export function summaryOf(step: StepId, fund: Fund): string {
  switch (step) {
    case "fund":
      return `${formatMoney(fund.fund.size)} · ${formatNumber(fund.fund.lifeYears)} years`
    case "fees":
      return `${formatNumber(fund.fees.management)}% and ${formatNumber(fund.carry.rate)}% over ${formatNumber(fund.carry.hurdle)}%`
    case "stages":
      return fund.stages
        .filter(({ allocation }) => allocation > 0)
        .map(({ name, allocation }) => `${name} ${formatNumber(allocation)}%`)
        .join(" · ")
    case "reserves":
      return `${formatNumber(fund.reserves.ratio)}% kept · ${formatNumber(fund.recycling.cap)}% recycled`
    case "run":
      return `${fund.paths >= 1e6 ? formatShort(fund.paths) : formatCount(fund.paths)} paths · ${fund.seed === null ? "seed drawn" : `seed ${fund.seed}`}`
  }
}
