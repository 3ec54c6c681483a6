import type { Metric } from "../../run/types.ts"

/** One bin of a histogram. Both ends may be open. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly isOpenBelow: boolean
  readonly isOpenAbove: boolean
}

/** What a tail may hold, in percent of the paths, to be folded into one bin. */
const foldedPercent = 0.15

/**
 * The bins in which several runs are shown. With `fold`, bins at both ends that hold next to nothing in any of them
 * become one, so that a few extreme paths do not make the rest narrow.
 */
export function binsOf(metrics: readonly Metric[], fold: boolean): readonly Bin[] {
  const edges = metrics[0]?.histogram.edges ?? []
  const last = edges.length - 1
  const shares = metrics.map(({ histogram }) => percentOf(histogram.counts))
  const holdsLittle = (from: number, to: number) =>
    shares.every(
      (share) => share.slice(from, to).reduce((sum, each) => sum + each, 0) < foldedPercent,
    )
  let first = 0
  let end = last
  while (fold && first < last - 1 && holdsLittle(0, first + 2)) first++
  while (fold && end > first + 1 && holdsLittle(end - 1, last + 1)) end--
  const width = (edges[1] ?? 1) - (edges[0] ?? 0)
  return edges.slice(first, end + 1).map((from, at) => ({
    from,
    to: from + width,
    isOpenBelow: at === 0 && first > 0,
    isOpenAbove: first + at === end,
  }))
}

/** What each bin holds of a run's paths, in percent. */
export function sharesIn(bins: readonly Bin[], { histogram }: Metric): readonly number[] {
  const shares = percentOf(histogram.counts)
  const [first, last] = [bins[0], bins.at(-1)]
  return bins.map((bin) =>
    histogram.edges.reduce((sum, edge, at) => {
      const isInside =
        edge === bin.from ||
        (bin === first && bin.isOpenBelow && edge < bin.from) ||
        (bin === last && bin.isOpenAbove && edge > bin.from)
      return isInside ? sum + (shares[at] ?? 0) : sum
    }, 0),
  )
}

function percentOf(counts: readonly number[]): readonly number[] {
  const sum = counts.reduce((total, count) => total + count, 0)
  return counts.map((count) => (sum === 0 ? 0 : (100 * count) / sum))
}

/** "1.25–1.5×", "≥ 8×". */
export function binName(bin: Bin, format: (value: number) => string): string {
  if (bin.isOpenAbove) return `≥ ${format(bin.from)}`
  if (bin.isOpenBelow) return `< ${format(bin.to)}`
  return `${format(bin.from)} to ${format(bin.to)}`
}
