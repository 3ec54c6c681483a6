import { defaultStages, fundOfSize } from "./defaults.ts"
import { type Fund, failureOf, graduationOf, type Stage } from "./types.ts"

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
  /** Dotted paths of what was given and is no field. */
  readonly unknown: readonly string[]
}

type Json = Record<string, unknown>

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
  const unknown: string[] = []
  const size = numberOr(objectOf(given["fund"])["size"], 100_000_000)
  const base = fundOfSize(size)
  const life = numberOr(objectOf(given["fund"])["lifeYears"], base.fund.lifeYears)
  const investment = Math.min(base.fund.investmentYears, life)
  const { seed: _, ...withoutSeed } = base
  const fund = fill(
    {
      ...withoutSeed,
      fund: { ...base.fund, investmentYears: investment, asOfYear: life },
      portfolio: { ...base.portfolio, deployYears: Math.min(3, investment) },
      recycling: { ...base.recycling, untilYear: Math.min(5, life) },
    },
    { ...given, stages: undefined, seed: undefined },
    "",
    unknown,
  ) as unknown as Fund
  const { seed } = given
  return {
    fund: {
      ...fund,
      seed: seed === undefined || seed === null ? null : numberOr(seed, Number.NaN),
      stages: stagesOf(given["stages"], size, unknown),
    },
    unknown,
  }
}

/** What is given, in the shape of the defaults. */
function fill(defaults: Json, given: Json, path: string, unknown: string[]): Json {
  for (const key of Object.keys(given)) {
    if (given[key] !== undefined && !(key in defaults)) unknown.push(path + key)
  }
  return Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => {
      const own = given[key]
      if (own === undefined || own === null) return [key, value]
      if (isObject(value)) return [key, fill(value, objectOf(own), `${path}${key}.`, unknown)]
      return [key, typeof own === typeof value ? own : Number.NaN]
    }),
  )
}

function stagesOf(given: unknown, size: number, unknown: string[]): Stage[] {
  const defaults = defaultStages(size)
  if (!Array.isArray(given) || given.length === 0) return [...defaults]
  const listed = given.map(objectOf)
  const isAllocated = listed.some(({ allocation }) => typeof allocation === "number")
  let like = -1
  const stages = listed.map((own, index) => {
    const named = defaults.findIndex(
      ({ name }) => name.toLowerCase() === String(own["name"]).toLowerCase(),
    )
    like = named >= 0 ? named : Math.min(like + 1, defaults.length - 1)
    const { monthsToGraduate, monthsToExit, exitMultiple, ...plain } = defaults[like] as Stage
    const allocation = listed.length === 1 ? 100 : (defaults[index]?.allocation ?? 0)
    const distributions = { monthsToGraduate, monthsToExit, exitMultiple }
    const { failure, ...rest } = { ...own }
    for (const key of Object.keys(distributions)) delete rest[key]
    return {
      ...fill(
        { ...plain, allocation: isAllocated ? 0 : allocation },
        withRates(rest, failure),
        `stages.${index}.`,
        unknown,
      ),
      ...Object.fromEntries(
        Object.entries(distributions).map(([key, value]) => [key, distributionOf(own[key], value)]),
      ),
    } as unknown as Stage
  })
  return stages
}

/** The two rates that the form holds, where a failure rate stands in for one of them. */
function withRates(own: Json, failure: unknown): Json {
  if (typeof failure !== "number") return own
  const { graduation, exit } = own
  if (typeof graduation === "number" && exit === undefined)
    return { ...own, exit: 100 - failure - graduation }
  if (typeof exit === "number" && graduation === undefined)
    return { ...own, graduation: 100 - failure - exit }
  return own
}

function distributionOf(given: unknown, fallback: unknown): unknown {
  if (typeof given === "number") return { type: "fixed", value: given }
  if (!isObject(given)) return fallback
  return { type: "lognormal", ...given }
}

/** The fund as text for a file, with the failure rates written out. */
export function toJsonText(fund: Fund): string {
  const input = toInput(fund) as { stages: Json[] }
  const stages = input.stages.map((stage, index) => ({
    ...stage,
    failure: failureOf(fund.stages, index),
  }))
  return `${JSON.stringify({ ...input, stages }, null, 2)}\n`
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
const numberOr = (value: unknown, fallback: number): number =>
  value === undefined || value === null ? fallback : typeof value === "number" ? value : Number.NaN
