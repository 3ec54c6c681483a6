import type { Bin } from "../tables/bins.ts"

/** A tick at about every eighth of the bins, and at the last. */
export function binTicks(bins: readonly Bin[]): number[] {
  const each = Math.max(1, Math.round(bins.length / 8 / 2) * 2)
  const regular = bins.filter((_, at) => at % each === 0).map(({ from }) => from)
  const last = bins.at(-1)?.from ?? 0
  const width = (bins[1]?.from ?? 1) - (bins[0]?.from ?? 0)
  return [...regular.filter((from) => last - from >= each * width), last]
}
