import { formatMoneyExact, formatNumber } from "../../shared/format/numbers.ts"
import type { Distribution } from "../fund/types.ts"
import type { Report } from "../run/types.ts"

/** An input that is not the same in all runs that are compared. */
export interface DifferentInput {
  readonly name: string
  /** As it is shown, in the order of the runs; a dash where a run has no such input. */
  readonly values: readonly string[]
}

const money = (value: unknown) => formatMoneyExact(value as number)
const plain = (value: unknown) => formatNumber(value as number)
const percent = (value: unknown) => `${plain(value)}%`
const years = (value: unknown) => `${plain(value)} years`

type Show = (value: unknown) => string

/** What the inputs are called, and how they are shown; in the order of the form. */
const names: Record<string, readonly [string, Show]> = {
  "fund.size": ["Fund size", money],
  "fund.gpCommitment": ["GP commitment", percent],
  "fund.lifeYears": ["Life", years],
  "fund.investmentYears": ["Investment period", years],
  "fund.asOfYear": ["Figures as of year", plain],
  "liquidation.discount": ["Discount at the end", percent],
  "fees.management": ["Management fee", percent],
  "fees.stepDown": ["Step-down", percent],
  "fees.floor": ["Fee floor", percent],
  "fees.expenses": ["Expenses", money],
  "carry.rate": ["Carried interest", percent],
  "carry.hurdle": ["Hurdle", percent],
  "carry.catchUp": ["Catch-up", percent],
  "portfolio.deployYears": ["Cheques spread over", years],
  "portfolio.maxPerCompany": ["Most in one company", percent],
  "reserves.ratio": ["Reserves", percent],
  "reserves.proRata": ["Pro-rata taken", percent],
  "recycling.cap": ["Recycling", percent],
  "recycling.untilYear": ["Recycling until year", plain],
  paths: ["Paths", plain],
}

const stageNames: Record<string, readonly [string, Show]> = {
  name: ["name", String],
  allocation: ["allocation", percent],
  cheque: ["initial cheque", money],
  postMoney: ["post-money", money],
  dilution: ["dilution", percent],
  graduation: ["graduate", percent],
  exit: ["exit", percent],
  failure: ["fail", percent],
  monthsToGraduate: ["months to the next round", distribution],
  monthsToExit: ["months to an exit", distribution],
  exitMultiple: ["exit value ÷ post-money", distribution],
}

function distribution(value: unknown): string {
  const { type, ...members } = value as Distribution
  return `${type} ${Object.values(members).map(plain).join(" / ")}`
}

/** Only the inputs that differ. The seed is told apart from them, by {@link isSameSeed}. */
export function differentInputs(reports: readonly Report[]): readonly DifferentInput[] {
  const inputs = reports.map(({ input }) => input as unknown as Record<string, unknown>)
  const rows: DifferentInput[] = []
  const add = (name: string, values: readonly unknown[], show: Show) => {
    if (new Set(values.map((value) => JSON.stringify(value) ?? "")).size < 2) return
    rows.push({ name, values: values.map((value) => (value === undefined ? "–" : show(value))) })
  }
  for (const [path, [name, show]] of Object.entries(names)) {
    const [group = "", member] = path.split(".")
    const values = inputs.map((input) =>
      member ? (input[group] as Record<string, unknown>)[member] : input[group],
    )
    add(name, values, show)
  }
  const stages = reports.map(
    ({ input }) => input.stages as readonly unknown[] as readonly Record<string, unknown>[],
  )
  for (let at = 0; at < Math.max(0, ...stages.map(({ length }) => length)); at++) {
    const stage = stages.find((each) => each[at])?.[at]
    for (const [key, [name, show]] of Object.entries(stageNames)) {
      add(
        `${stage?.["name"]}: ${name}`,
        stages.map((each) => each[at]?.[key]),
        show,
      )
    }
  }
  return rows
}

export function isSameSeed(a: Report, b: Report): boolean {
  return a.seed === b.seed
}
