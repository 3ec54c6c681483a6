import { defaultStages, fundOfSize } from "./defaults.ts"
import type { Fund } from "./types.ts"

export interface Preset {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly fund: Fund
}

const small = fundOfSize(50_000_000)
const large = fundOfSize(150_000_000)

/** A seed fund that follows few companies closely, and one that enters at Series A. */
export const presets: readonly Preset[] = [
  {
    id: "seed-50",
    name: "Seed, $50M",
    about: "Small first cheques, a third kept for follow-ons",
    fund: {
      ...small,
      fund: { ...small.fund, gpCommitment: 1 },
      fees: { ...small.fees, management: 2.5, expenses: 150_000 },
      reserves: { ratio: 35, proRata: 100 },
      stages: defaultStages(50_000_000).map((stage, index) => ({
        ...stage,
        allocation: index === 0 ? 100 : 0,
        ...(index === 0 && { cheque: 750_000, postMoney: 10_000_000 }),
      })),
    },
  },
  {
    id: "series-a-150",
    name: "Series A, $150M",
    about: "Enters later, half kept for follow-ons",
    fund: {
      ...large,
      fees: { ...large.fees, expenses: 300_000 },
      portfolio: { deployYears: 3.5, maxPerCompany: 12 },
      reserves: { ratio: 50, proRata: 100 },
      stages: defaultStages(150_000_000).map((stage, index) => ({
        ...stage,
        allocation: index === 1 ? 80 : index === 2 ? 20 : 0,
        ...(index === 1 && { cheque: 4_000_000 }),
        ...(index === 2 && { cheque: 5_000_000 }),
      })),
    },
  },
]
