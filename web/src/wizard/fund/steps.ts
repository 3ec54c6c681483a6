import type { Fault } from "./faults.ts"

/** The steps of the form, in their order. */
export const steps = [
  { id: "fund", name: "Fund" },
  { id: "fees", name: "Fees & carry" },
  { id: "stages", name: "Stages & portfolio" },
  { id: "reserves", name: "Reserves & recycling" },
  { id: "run", name: "Run" },
] as const

export type StepId = (typeof steps)[number]["id"]

const stepOfRoot: Record<string, StepId> = {
  fund: "fund",
  liquidation: "fund",
  fees: "fees",
  carry: "fees",
  stages: "stages",
  portfolio: "stages",
  reserves: "reserves",
  recycling: "reserves",
}

/** The step on which a field stands; what is known of no field, such as a server's word on the whole, on the last. */
export function stepOf(field: string): StepId {
  return stepOfRoot[field.split(".")[0] ?? ""] ?? "run"
}

/** The fault that comes first as one goes through the form. */
export function firstFault(faults: readonly Fault[]): Fault | undefined {
  const order = steps.map(({ id }) => id)
  return faults.toSorted(
    (a, b) => order.indexOf(stepOf(a.field)) - order.indexOf(stepOf(b.field)),
  )[0]
}
