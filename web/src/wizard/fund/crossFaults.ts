import { formatMoney, formatNumber } from "../../shared/format/numbers.ts"
import { medianOf } from "./distributions.ts"
import type { Fault } from "./faults.ts"
import { planOf } from "./plan.ts"
import { type Distribution, type Fund, graduationOf } from "./types.ts"

/** The most companies that the server simulates in one life of a fund. */
const maxCompanies = 1_000

type IsSound = (...paths: string[]) => boolean

/** What is wrong with several fields together; left out where one of them is wrong by itself. */
export function crossFaults(fund: Fund, isSound: IsSound): Fault[] {
  const isBudgetSound = isSound("fund", "fees", "stages", "reserves", "portfolio", "recycling")
  return [
    ...(isSound("fund", "fees", "portfolio.deployYears", "recycling") ? spanFaults(fund) : []),
    ...(isSound("carry") ? carryFaults(fund) : []),
    ...fund.stages.flatMap((_, index) =>
      isSound(`stages.${index}`) ? stageFaults(fund, index) : [],
    ),
    ...(isSound("stages") ? allocationFaults(fund) : []),
    ...(isBudgetSound ? budgetFaults(fund) : []),
  ]
}

const within = (field: string, value: number, most: number, what: string): Fault[] =>
  value > most ? [{ field, message: `At most ${formatNumber(most)}, ${what}` }] : []

function spanFaults({ fund, fees, portfolio, recycling }: Fund): Fault[] {
  const life = "the fund's life"
  return [
    ...within("fund.investmentYears", fund.investmentYears, fund.lifeYears, life),
    ...within("fund.asOfYear", fund.asOfYear, fund.lifeYears, life),
    ...within("fees.floor", fees.floor, fees.management, "the full fee"),
    ...within("fees.expenses", fees.expenses, fund.size, "the fund's size"),
    ...within(
      "portfolio.deployYears",
      portfolio.deployYears,
      fund.investmentYears,
      "the investment years",
    ),
    ...within("recycling.untilYear", recycling.untilYear, fund.lifeYears, life),
  ]
}

function carryFaults({ carry }: Fund): Fault[] {
  const isFine = carry.catchUp === 0 || carry.catchUp > carry.rate
  const message = `0 for none, or above the carry of ${formatNumber(carry.rate)}%`
  return isFine ? [] : [{ field: "carry.catchUp", message }]
}

function stageFaults(fund: Fund, index: number): Fault[] {
  const stage = fund.stages[index]
  if (!stage) return []
  const at = `stages.${index}`
  const sum = graduationOf(fund.stages, index) + stage.exit
  const field = index === fund.stages.length - 1 ? "exit" : "graduation"
  const months = 12 * fund.fund.lifeYears
  return [
    ...(sum > 100 + 1e-6
      ? [{ field: `${at}.${field}`, message: `With exits ${formatNumber(sum)}%; at most 100%` }]
      : []),
    ...distributionFaults(`${at}.monthsToGraduate`, stage.monthsToGraduate, months),
    ...distributionFaults(`${at}.monthsToExit`, stage.monthsToExit, months),
    ...distributionFaults(`${at}.exitMultiple`, stage.exitMultiple, Number.POSITIVE_INFINITY),
  ]
}

function distributionFaults(at: string, given: Distribution, mostMedian: number): Fault[] {
  if ("p90" in given && given.p90 < given.median) {
    return [{ field: `${at}.p90`, message: "Not below the median" }]
  }
  if ("max" in given && given.max < given.min) {
    return [{ field: `${at}.max`, message: "Not below the least" }]
  }
  const message = `Its median is beyond the fund's life of ${mostMedian} months`
  const [first] = Object.keys(given).filter((key) => key !== "type")
  return medianOf(given) > mostMedian ? [{ field: `${at}.${first}`, message }] : []
}

function allocationFaults({ stages }: Fund): Fault[] {
  const sum = stages.reduce((total, { allocation }) => total + allocation, 0)
  if (Math.abs(sum - 100) <= 1e-6) return []
  const first = Math.max(
    0,
    stages.findIndex(({ allocation }) => allocation > 0),
  )
  const message = `All stages together come to ${formatNumber(sum)}%; 100% is needed`
  return [{ field: `stages.${first}.allocation`, message }]
}

function budgetFaults(fund: Fund): Fault[] {
  const plan = planOf(fund)
  if (plan.investable <= 0 || plan.managementFees >= plan.lpCommitments) {
    const field = plan.managementFees >= plan.expenses ? "fees.management" : "fees.expenses"
    return [{ field, message: "Fees and expenses leave nothing to invest" }]
  }
  return [...chequeFaults(fund, plan.initialCapital), ...companyFaults(fund, plan.initialCapital)]
}

function chequeFaults({ fund, portfolio, stages }: Fund, initialCapital: number): Fault[] {
  const mostPerCompany = (fund.size * portfolio.maxPerCompany) / 100
  return stages.flatMap(({ allocation, cheque, postMoney }, index) => {
    if (allocation === 0) return []
    const budget = (initialCapital * allocation) / 100
    const limits: [number, string][] = [
      [budget * (1 + 1e-9), `the ${formatMoney(budget)} that this stage gets`],
      [postMoney, "the company's value"],
      [mostPerCompany * (1 + 1e-9), `the ${formatMoney(mostPerCompany)} allowed for one company`],
    ]
    const [, limit] = limits.find(([most]) => cheque > most) ?? []
    return limit ? [{ field: `stages.${index}.cheque`, message: `More than ${limit}` }] : []
  })
}

function companyFaults({ fund, recycling, stages }: Fund, initialCapital: number): Fault[] {
  const buying = stages.filter(({ allocation }) => allocation > 0)
  const smallest = Math.min(...buying.map(({ cheque }) => cheque))
  const first = buying.reduce(
    (sum, { allocation, cheque }) => sum + Math.floor((initialCapital * allocation) / 100 / cheque),
    0,
  )
  const companies = Math.floor(first + (fund.size * recycling.cap) / 100 / smallest)
  const message = `This comes to ${formatNumber(companies)} companies; at most 1,000 are simulated, so write larger cheques`
  return companies > maxCompanies ? [{ field: "stages", message }] : []
}
