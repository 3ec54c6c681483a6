import type { Report } from "../run/types.ts"

/** Whose line is whose; where there is one run only, nobody asks. */
export function legendOf(series: readonly Series[]): readonly Series[] | undefined {
  return series.length > 1 ? series : undefined
}

/** A run as the figures draw it. */
export interface Series {
  readonly runId: string
  /** "This run", or the letter of a pin. */
  readonly name: string
  /** A CSS colour. */
  readonly colour: string
  readonly report: Report
}
