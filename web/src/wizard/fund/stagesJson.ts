import { defaultStages } from "./defaults.ts"
import { kindMembers, kindNamed } from "./distributions.ts"
import { fill, isGiven, isObject, type Json, objectOf } from "./jsonFields.ts"
import { type Distribution, leftOf100, type Stage } from "./types.ts"

/** The stages as the server would read them. */
export function stagesOf(given: unknown, size: number, leftOut: string[]): Stage[] {
  const defaults = defaultStages(size)
  if (!Array.isArray(given) || given.length === 0) {
    if (isGiven(given)) leftOut.push("stages")
    return [...defaults]
  }
  const listed = given.map((stage, index) => {
    if (!isObject(stage)) leftOut.push(`stages.${index}`)
    return objectOf(stage)
  })
  const isAllocated = listed.some(({ allocation }) => isGiven(allocation))
  let like = -1
  return listed.map((own, index) => {
    const named = defaults.findIndex(
      ({ name }) => name.toLowerCase() === String(own["name"]).toLowerCase(),
    )
    like = named >= 0 ? named : Math.min(like + 1, defaults.length - 1)
    const allocation = listed.length === 1 ? 100 : (defaults[index]?.allocation ?? 0)
    return stageOf(
      own,
      { ...(defaults[like] as Stage), allocation: isAllocated ? 0 : allocation },
      { path: `stages.${index}.`, isLast: index === listed.length - 1, leftOut },
    )
  })
}

interface StagePlace {
  readonly path: string
  readonly isLast: boolean
  readonly leftOut: string[]
}

function stageOf(given: Json, defaults: Stage, { path, isLast, leftOut }: StagePlace): Stage {
  const { monthsToGraduate, monthsToExit, exitMultiple, ...plain } = defaults
  const distributions = { monthsToGraduate, monthsToExit, exitMultiple }
  const { failure, ...rest } = given
  for (const key of Object.keys(distributions)) delete rest[key]
  const graduation = isLast ? 0 : plain.graduation
  const read = fill({ ...plain, graduation }, rest, path, leftOut) as unknown as Stage
  const rates = ratesOf(given, isLast ? { ...read, graduation: 0 } : read, failure)
  if (!rates) leftOut.push(`${path}failure`)
  return {
    ...read,
    ...rates,
    ...Object.fromEntries(
      Object.entries(distributions).map(([key, value]) => [
        key,
        distributionOf(given[key], value, path + key, leftOut),
      ]),
    ),
  }
}

type Rates = Pick<Stage, "graduation" | "exit">

/**
 * The two rates that the form holds. A failure rate that is given stands in for one that is not: exit before
 * graduation. Undefined where all are given and do not come to 100.
 */
function ratesOf(given: Json, { graduation, exit }: Rates, failure: unknown): Rates | undefined {
  if (!isGiven(failure)) return { graduation, exit }
  if (typeof failure !== "number") return undefined
  if (!isGiven(given["exit"])) return { graduation, exit: leftOf100(failure, graduation) }
  if (!isGiven(given["graduation"])) return { graduation: leftOf100(failure, exit), exit }
  return Math.abs(leftOf100(failure, graduation) - exit) > 1e-6 ? undefined : { graduation, exit }
}

function distributionOf(
  given: unknown,
  fallback: Distribution,
  path: string,
  leftOut: string[],
): Distribution {
  if (!isGiven(given)) return fallback
  if (typeof given === "number") return { type: "fixed", value: given }
  const { type = "lognormal", ...members } = objectOf(given)
  const kind = kindNamed(type, members)
  if (!isObject(given) || !kind) {
    leftOut.push(path)
    return { type: "fixed", value: Number.NaN }
  }
  const shape = Object.fromEntries(kindMembers[kind].map((member) => [member, Number.NaN]))
  return { type, ...fill(shape, members, `${path}.`, leftOut) } as Distribution
}
