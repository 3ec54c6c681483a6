import type { Fund } from "../fund/types.ts"

/** What the agent `fund-scenario` sends: docs/fund-scenario.md. */
export interface FundEvents {
  delta: Progress
  partial: Report
  complete: Report
  data: Progress | null
}

export interface Progress {
  readonly done: number
  readonly total: number
  readonly pathsPerSecond: number
}

/** The result so far. Multiples are plain numbers, rates and shares percent numbers, money dollars. */
export interface Report {
  readonly paths: number
  readonly total: number
  readonly seed: number
  readonly input: Omit<Fund, "stages"> & {
    readonly stages: readonly (Fund["stages"][number] & { readonly failure: number })[]
  }
  readonly derived: { readonly cheques: number; readonly investable: number }
  readonly metrics: Record<MetricKey, Metric>
  readonly probabilities: Record<"netTvpiAtLeast1" | "netTvpiAtLeast3", Probability>
  readonly byYear: { readonly years: readonly number[] } & Record<YearKey, Fan>
  readonly convergence: readonly ConvergencePoint[]
}

/** Whether a payload is a report, and not that of a run of another agent. */
export function isReport(payload: unknown): payload is Report {
  const { metrics, byYear, convergence } = Object(payload) as Partial<Report>
  return Boolean(metrics?.netTvpi?.histogram && byYear?.years && Array.isArray(convergence))
}

export type MetricKey =
  | "netTvpi"
  | "netDpi"
  | "netRvpi"
  | "netIrr"
  | "grossTvpi"
  | "grossDpi"
  | "grossRvpi"
  | "grossIrr"
  | "lossRatio"
  | "bestCompanyShare"

export type YearKey = "netCashFlow" | "netDpi" | "netRvpi" | "netTvpi"
export type Percentile = "p5" | "p25" | "p50" | "p75" | "p95"
export const percentiles: readonly Percentile[] = ["p5", "p25", "p50", "p75", "p95"]

export interface Metric extends Readonly<Record<Percentile | "mean" | "min" | "max", number>> {
  /** Of the median; absent after one path. */
  readonly standardError?: number
  /** `edges` of the bins, the last of which is open above, and as many `counts`. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] }
}

export interface Probability {
  readonly percent: number
  readonly standardError?: number
}

export interface Fan extends Readonly<Record<Percentile, readonly number[]>> {
  readonly standardError?: readonly number[]
}

export interface ConvergencePoint {
  readonly paths: number
  readonly netTvpi: Median
  readonly netIrr: Median
}

export interface Median {
  readonly p50: number
  readonly standardError?: number
}
