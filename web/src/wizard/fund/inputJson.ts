import { fundOfSize } from "./defaults.ts"
import { fill, isGiven, isObject, type Json, numberOr, objectOf } from "./jsonFields.ts"
import { stagesOf } from "./stagesJson.ts"
import { type Fund, failureOf, graduationOf } from "./types.ts"

/** A fund as the server takes it; without a seed, it draws one. */
export function toInput(fund: Fund): object {
  const { seed, ...rest } = fund
  const stages = fund.stages.map((stage, index) => ({
    ...stage,
    name: stage.name.trim(),
    graduation: graduationOf(fund.stages, index),
  }))
  return { ...rest, ...(seed !== null && { seed }), stages }
}

export interface ReadFund {
  readonly fund: Fund
  /** Dotted paths of what was given and has no place in a fund: no field of it, or not what the field holds. */
  readonly leftOut: readonly string[]
}

/**
 * Reads an input as the server would: what it leaves out takes its default. A value of another type becomes
 * one that the form shows as wrong. Throws a `SyntaxError` if it is no JSON object.
 */
export function readInput(text: string): ReadFund {
  const given: unknown = JSON.parse(text)
  if (!isObject(given)) throw new SyntaxError("It is JSON, but not an object")
  return fromInput(given)
}

export function fromInput(given: Json): ReadFund {
  const leftOut: string[] = []
  const size = numberOr(objectOf(given["fund"])["size"], 100_000_000)
  const fund = fill(
    defaultsFor(given, size),
    { ...given, stages: undefined, seed: undefined },
    "",
    leftOut,
  ) as unknown as Fund
  const { seed } = given
  return {
    fund: {
      ...fund,
      seed: isGiven(seed) ? numberOr(seed, Number.NaN) : null,
      stages: stagesOf(given["stages"], size, leftOut),
    },
    leftOut,
  }
}

/** The defaults beside what is given: some are bounded by another field. */
function defaultsFor(given: Json, size: number): Json {
  const { seed: _, ...base } = fundOfSize(size)
  const { lifeYears, investmentYears } = objectOf(given["fund"])
  const life = numberOr(lifeYears, base.fund.lifeYears)
  const investment = least(life, base.fund.investmentYears)
  const deployment = numberOr(investmentYears, investment)
  const management = numberOr(objectOf(given["fees"])["management"], base.fees.management)
  return {
    ...base,
    fund: { ...base.fund, investmentYears: investment, asOfYear: life },
    fees: { ...base.fees, floor: least(management, base.fees.floor) },
    portfolio: { ...base.portfolio, deployYears: least(deployment, base.portfolio.deployYears) },
    recycling: { ...base.recycling, untilYear: least(life, base.recycling.untilYear) },
  }
}

/** The default, or the limit where that is less; a limit that is no number is none. */
const least = (limit: number, value: number) =>
  Number.isNaN(limit) ? value : Math.min(limit, value)

/** The fund as text for a file, with the failure rates written out. */
export function toJsonText(fund: Fund): string {
  const input = toInput(fund) as { stages: Json[] }
  const stages = input.stages.map((stage, index) => ({
    ...stage,
    failure: failureOf(fund.stages, index),
  }))
  return `${JSON.stringify({ ...input, stages }, null, 2)}\n`
}
