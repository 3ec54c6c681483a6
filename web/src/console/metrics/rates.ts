import type { Bucket, Reading } from "./reading.ts"

type Counter = "events" | "bytesSent" | "slowCuts"

/** By how much a counter has grown. One that is smaller than before began anew, so all it has came since. */
export function increaseOf(
  before: number | undefined,
  now: number | undefined,
): number | undefined {
  if (before === undefined || now === undefined) return undefined
  return now >= before ? now - before : now
}

/** A counter's growth for each second between two readings; undefined where one of them is missing. */
export function rateOf(
  counter: Counter,
  before: Reading | undefined,
  now: Reading,
): number | undefined {
  const seconds = before ? (now.at - before.at) / 1000 : 0
  const increase = increaseOf(before?.[counter], now[counter])
  return seconds > 0 && increase !== undefined ? increase / seconds : undefined
}

/**
 * The value that this part of what was observed between two readings does not exceed, taken to lie evenly
 * within each bucket; the largest finite bound where it is above that. Undefined where nothing was observed.
 */
export function quantileOf(
  part: number,
  before: readonly Bucket[],
  now: readonly Bucket[],
): number | undefined {
  const isAnew = now.some(({ count }, at) => count < (before[at]?.count ?? 0))
  const grown = now.map(({ upTo, count }, at) => ({
    upTo,
    count: isAnew ? count : count - (before[at]?.count ?? 0),
  }))
  const all = grown.at(-1)?.count ?? 0
  if (all <= 0) return undefined
  const rank = part * all
  const at = grown.findIndex(({ count }) => count >= rank)
  const bucket = grown[at] as Bucket
  const below = grown[at - 1] ?? { upTo: 0, count: 0 }
  if (!Number.isFinite(bucket.upTo)) return below.upTo
  const within = (rank - below.count) / (bucket.count - below.count)
  return below.upTo + (bucket.upTo - below.upTo) * within
}
