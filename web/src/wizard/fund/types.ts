/** What the agent `fund-scenario` takes, all written out. Money in dollars, percentages as percent numbers. */
export interface Fund {
  readonly paths: number
  /** null: the server draws one. */
  readonly seed: number | null
  readonly fund: {
    readonly size: number
    readonly gpCommitment: number
    readonly lifeYears: number
    readonly investmentYears: number
    readonly asOfYear: number
  }
  readonly fees: {
    readonly management: number
    readonly stepDown: number
    readonly floor: number
    readonly expenses: number
  }
  readonly carry: { readonly rate: number; readonly hurdle: number; readonly catchUp: number }
  readonly portfolio: { readonly deployYears: number; readonly maxPerCompany: number }
  readonly stages: readonly Stage[]
  readonly reserves: { readonly ratio: number; readonly proRata: number }
  readonly recycling: { readonly cap: number; readonly untilYear: number }
  readonly liquidation: { readonly discount: number }
}

/** Its failure rate is what graduation and exit leave of 100. */
export interface Stage {
  readonly name: string
  readonly allocation: number
  readonly cheque: number
  readonly postMoney: number
  readonly dilution: number
  readonly graduation: number
  readonly exit: number
  readonly monthsToGraduate: Distribution
  readonly monthsToExit: Distribution
  readonly exitMultiple: Distribution
}

/** What a quantity is drawn from. */
export type Distribution =
  | { readonly type: "lognormal"; readonly median: number; readonly p90: number }
  | { readonly type: "lognormal"; readonly mean: number; readonly sigma: number }
  | { readonly type: "uniform"; readonly min: number; readonly max: number }
  | { readonly type: "power"; readonly alpha: number; readonly min: number; readonly max: number }
  | { readonly type: "fixed"; readonly value: number }

/** Of the last stage nothing graduates, whatever the form holds. */
export function graduationOf(stages: readonly Stage[], index: number): number {
  return index === stages.length - 1 ? 0 : (stages[index]?.graduation ?? 0)
}

/** What two rates leave of 100, without the dust of binary fractions; less than 0 where they exceed it. */
export function leftOf100(rate: number, other: number): number {
  return Math.round((100 - rate - other) * 1e6) / 1e6
}

/** What graduation and exit leave of 100; never less than 0. */
export function failureOf(stages: readonly Stage[], index: number): number {
  return Math.max(0, leftOf100(graduationOf(stages, index), stages[index]?.exit ?? 0))
}
