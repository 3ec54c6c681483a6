import { type Fund, failureOf, graduationOf } from "./types.ts"

/**
 * What follows from a fund before anything is drawn: what it can invest, and whom it pays. Dollars; NaN where the
 * fund's figures are too wild to say.
 */
export interface FundPlan {
  readonly lpCommitments: number
  readonly managementFees: number
  readonly expenses: number
  readonly investable: number
  readonly reserves: number
  readonly initialCapital: number
  readonly cheques: number
  readonly funnel: readonly FunnelStage[]
}

/** The companies expected at a stage, whatever the time it takes them. */
export interface FunnelStage {
  readonly name: string
  /** Whole initial cheques. */
  readonly cheques: number
  /** Companies of the fund that came up from the stage before, on average. */
  readonly arriving: number
  readonly entering: number
  readonly graduating: number
  readonly exiting: number
  readonly failing: number
}

/** No fund lives as long, while a form may hold any number: fees are not summed up over a billion years. */
const mostYears = 100
/** More cheques than this are no plan, and are not shown as one. */
const mostCheques = 1e6

/** Fees over the whole life: full in the investment years, then falling to the floor. */
function feesOf({ fund, fees }: Fund): number {
  if (fund.lifeYears > mostYears) return Number.NaN
  const commitments = fund.size * (1 - fund.gpCommitment / 100)
  let percent = 0
  for (let year = 1; year <= fund.lifeYears; year++) {
    const past = year - fund.investmentYears
    percent +=
      past <= 0
        ? fees.management
        : Math.max(fees.floor, fees.management * (1 - (fees.stepDown / 100) * past))
  }
  return (commitments * percent) / 100
}

export function planOf(fund: Fund): FundPlan {
  const managementFees = feesOf(fund)
  const expenses = fund.fees.expenses * fund.fund.lifeYears
  const investable = fund.fund.size - managementFees - expenses
  const reserves = (investable * fund.reserves.ratio) / 100
  const initialCapital = investable - reserves
  const funnel = funnelOf(fund, initialCapital)
  return {
    lpCommitments: fund.fund.size * (1 - fund.fund.gpCommitment / 100),
    managementFees,
    expenses,
    investable,
    reserves,
    initialCapital,
    cheques: funnel.reduce((sum, stage) => sum + stage.cheques, 0),
    funnel,
  }
}

function funnelOf({ stages }: Fund, initialCapital: number): FunnelStage[] {
  let arriving = 0
  return stages.map((stage, index) => {
    const budget = (initialCapital * stage.allocation) / 100
    // A part that makes exactly n cheques must not come to n - 1 by a rounded last digit.
    const whole = Math.floor((budget / stage.cheque) * (1 + 1e-12))
    const cheques = whole > mostCheques ? Number.NaN : Math.max(0, whole || 0)
    const entering = cheques + arriving
    const graduating = (entering * graduationOf(stages, index)) / 100
    const exiting = (entering * stage.exit) / 100
    const failing = (entering * failureOf(stages, index)) / 100
    const shown = { name: stage.name, cheques, arriving, entering, graduating, exiting, failing }
    arriving = graduating
    return shown
  })
}
