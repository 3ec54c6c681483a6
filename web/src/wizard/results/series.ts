import type { Report } from "../run/types.ts"

/** A run as the figures draw it. */
export interface Series {
  readonly runId: string
  /** "This run", or the letter of a pin. */
  readonly name: string
  /** A CSS colour. */
  readonly colour: string
  readonly report: Report
}
