import * as v from "valibot"
import { crossFaults } from "./crossFaults.ts"
import { fundSchema } from "./schema.ts"
import type { Fund } from "./types.ts"

/** What is wrong with one field, under its dotted path, such as `stages.2.graduation`. */
export interface Fault {
  readonly field: string
  readonly message: string
}

/** All that is wrong with a fund, one fault a field, as the server would find it. */
export function faultsOf(fund: Fund): readonly Fault[] {
  const { issues = [] } = v.safeParse(fundSchema, fund)
  const alone = issues.map((issue) => ({
    field: (issue.path ?? []).map(({ key }) => String(key)).join("."),
    message: issue.message,
  }))
  const isSound = (...paths: string[]) =>
    !alone.some(({ field }) => paths.some((path) => field === path || field.startsWith(`${path}.`)))
  return firstOfEach([...alone, ...crossFaults(fund, isSound)])
}

function firstOfEach(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>()
  return faults.filter(({ field }) => !seen.has(field) && seen.add(field))
}
