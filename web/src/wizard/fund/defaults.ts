import type { Distribution, Fund, Stage } from "./types.ts"

/** The server's own defaults: docs/fund-scenario.md. */

const spread = (median: number, p90: number): Distribution => ({ type: "lognormal", median, p90 })

const stages: readonly Stage[] = [
  stage(
    "Seed",
    56,
    1_250_000,
    14_000_000,
    20,
    42,
    16,
    spread(20, 32),
    spread(38, 68),
    spread(0.6, 3.5),
  ),
  stage(
    "Series A",
    44,
    2_800_000,
    48_000_000,
    20,
    48,
    20,
    spread(22, 36),
    spread(40, 70),
    spread(0.8, 4),
  ),
  stage(
    "Series B",
    0,
    4_000_000,
    130_000_000,
    16,
    48,
    26,
    spread(23, 38),
    spread(38, 68),
    spread(1, 4),
  ),
  stage(
    "Series C",
    0,
    5_000_000,
    320_000_000,
    12,
    46,
    34,
    spread(24, 40),
    spread(36, 64),
    spread(1.1, 4),
  ),
  stage(
    "Growth",
    0,
    5_000_000,
    800_000_000,
    10,
    0,
    78,
    spread(24, 40),
    spread(34, 60),
    spread(1.2, 4),
  ),
]

function stage(
  name: string,
  allocation: number,
  cheque: number,
  postMoney: number,
  dilution: number,
  graduation: number,
  exit: number,
  monthsToGraduate: Distribution,
  monthsToExit: Distribution,
  exitMultiple: Distribution,
): Stage {
  const rates = { graduation, exit }
  const times = { monthsToGraduate, monthsToExit }
  return { name, allocation, cheque, postMoney, dilution, ...rates, ...times, exitMultiple }
}

/** The stages of a fund of this size: below $100M the cheques shrink with it. */
export function defaultStages(size: number): readonly Stage[] {
  const scale = Math.min(1, size / 100_000_000) || 1
  return stages.map((each) => ({ ...each, cheque: each.cheque * scale }))
}

/** A fund of this size with nothing else said. */
export function fundOfSize(size: number): Fund {
  return {
    paths: 100_000,
    seed: null,
    fund: { size, gpCommitment: 2, lifeYears: 12, investmentYears: 5, asOfYear: 12 },
    fees: { management: 2, stepDown: 15, floor: 0.5, expenses: Math.min(200_000, size * 0.002) },
    carry: { rate: 20, hurdle: 8, catchUp: 100 },
    portfolio: { deployYears: 3, maxPerCompany: 12 },
    stages: defaultStages(size),
    reserves: { ratio: 45, proRata: 100 },
    recycling: { cap: 10, untilYear: 5 },
    liquidation: { discount: 30 },
  }
}

export const defaultFund = fundOfSize(100_000_000)
