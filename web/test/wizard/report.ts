import { defaultFund } from "../../src/wizard/fund/defaults.ts"
import type { Fund } from "../../src/wizard/fund/types.ts"
import type { Metric, Report } from "../../src/wizard/run/types.ts"

/** A metric with this histogram, whose percentiles are the numbers in their names divided by 10. */
export function metricOf(edges: readonly number[], counts: readonly number[]): Metric {
  const histogram = { edges, counts }
  return {
    mean: 2,
    min: 0,
    p5: 0.5,
    p25: 2.5,
    p50: 5,
    p75: 7.5,
    p95: 9.5,
    max: 20,
    standardError: 0.1,
    histogram,
  }
}

/** A report that a test changes where it looks. */
export function reportOf(changes: Partial<Report> = {}, fund: Fund = defaultFund): Report {
  const metric = metricOf([0, 1, 2], [10, 20, 70])
  const chance = { paths: 50, percent: 50, standardError: 5 }
  const series = [1, 2, 3, 4, 5, 6]
  const fan = {
    p5: series,
    p25: series,
    p50: series,
    p75: series,
    p95: series,
    standardError: series.map(() => 0.5),
  }
  const keys = [
    "netTvpi",
    "netDpi",
    "netRvpi",
    "netIrr",
    "grossTvpi",
    "grossDpi",
    "grossRvpi",
    "grossIrr",
    "lossRatio",
    "bestCompanyShare",
  ]
  return {
    paths: 100,
    total: 1_000,
    seed: 7,
    input: { ...fund, stages: fund.stages.map((stage) => ({ ...stage, failure: 0 })) },
    derived: { cheques: 27, investable: 81_430_000 },
    metrics: Object.fromEntries(keys.map((key) => [key, metric])) as Report["metrics"],
    probabilities: { netTvpiAtLeast1: chance, netTvpiAtLeast3: chance },
    byYear: { years: series, netCashFlow: fan, netDpi: fan, netRvpi: fan, netTvpi: fan },
    convergence: [],
    ...changes,
  }
}
