import * as v from "valibot"
import { formatMoneyExact, formatNumber } from "../../shared/format/numbers.ts"
import { type DistributionKind, kindOf } from "./distributions.ts"
import type { Distribution } from "./types.ts"

/** The range of each single field, as the server has it: docs/fund-scenario.md. */

function number(min: number, max: number, show: (value: number) => string = formatNumber) {
  const range = `From ${show(min)} to ${show(max)}`
  return v.pipe(
    v.number("A number is needed, such as 2.5"),
    v.minValue(min, range),
    v.maxValue(max, range),
  )
}

function whole(min: number, max: number) {
  return v.pipe(number(min, max), v.integer("A whole number is needed"))
}

const percent = (min: number, max: number) => number(min, max, (value) => `${formatNumber(value)}%`)
const money = (min: number, max: number) => number(min, max, formatMoneyExact)

function distribution(max: number) {
  const value = number(0, max)
  const positive = number(1e-6, max)
  const ofKind: Record<DistributionKind, v.GenericSchema<unknown>> = {
    median: v.object({ type: v.literal("lognormal"), median: positive, p90: positive }),
    mean: v.object({ type: v.literal("lognormal"), mean: positive, sigma: number(0, 5) }),
    uniform: v.object({ type: v.literal("uniform"), min: value, max: value }),
    power: v.object({
      type: v.literal("power"),
      alpha: number(0.1, 20),
      min: positive,
      max: positive,
    }),
    fixed: v.object({ type: v.literal("fixed"), value }),
  }
  return v.lazy((given) => ofKind[kindOf(given as Distribution)])
}

const stage = v.object({
  name: v.pipe(
    v.string("A name is needed"),
    v.trim(),
    v.minLength(1, "A name is needed"),
    v.maxLength(40, "At most 40 characters"),
  ),
  allocation: percent(0, 100),
  cheque: money(1_000, 1e11),
  postMoney: money(10_000, 1e13),
  dilution: percent(0, 90),
  graduation: percent(0, 100),
  exit: percent(0, 100),
  monthsToGraduate: distribution(600),
  monthsToExit: distribution(600),
  exitMultiple: distribution(10_000),
})

export const fundSchema = v.object({
  paths: whole(1, 1_000_000_000),
  seed: v.nullable(whole(0, 2 ** 53 - 1)),
  fund: v.object({
    size: money(100_000, 1e12),
    gpCommitment: percent(0, 50),
    lifeYears: whole(1, 20),
    investmentYears: whole(1, 20),
    asOfYear: whole(1, 20),
  }),
  fees: v.object({
    management: percent(0, 10),
    stepDown: percent(0, 100),
    floor: percent(0, 10),
    expenses: money(0, 1e12),
  }),
  carry: v.object({ rate: percent(0, 50), hurdle: percent(0, 30), catchUp: percent(0, 100) }),
  portfolio: v.object({ deployYears: number(0.25, 20), maxPerCompany: percent(0.1, 100) }),
  stages: v.pipe(
    v.array(stage),
    v.minLength(1, "One stage at least"),
    v.maxLength(10, "At most ten stages"),
  ),
  reserves: v.object({ ratio: percent(0, 90), proRata: percent(0, 300) }),
  recycling: v.object({ cap: percent(0, 100), untilYear: whole(0, 20) }),
  liquidation: v.object({ discount: percent(0, 100) }),
})
