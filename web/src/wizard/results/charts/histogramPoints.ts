import type { Bin } from "../tables/bins.ts"

/** One run's shares of the bins, in percent. */
export interface Outline {
  readonly name: string
  readonly colour: string
  readonly shares: readonly number[]
}

/** Where a step begins: the bin, and the share that each run has of it, as `s0`, `s1` and on. */
export type HistogramPoint = { readonly x: number; readonly bin: Bin } & Readonly<
  Record<`s${number}`, number>
>

/** A point for each bin, and one at the end of the last, whose step needs it. */
export function histogramPoints(
  bins: readonly Bin[],
  outlines: readonly Outline[],
): readonly HistogramPoint[] {
  const last = bins.at(-1)
  if (!last) return []
  const point = (x: number, bin: Bin, at: number) => ({
    x,
    bin,
    ...Object.fromEntries(outlines.map(({ shares }, run) => [`s${run}`, shares[at] ?? 0])),
  })
  return [...bins.map((bin, at) => point(bin.from, bin, at)), point(last.to, last, bins.length - 1)]
}
