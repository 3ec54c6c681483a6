/**
 * The sequence and the epoch of an id `<epoch>-<seq>`: decimals without leading zeros, which may be larger
 * than a number holds exactly.
 */
function partsOf(id: string): [seq: string, epoch: string] {
  const dash = id.lastIndexOf("-")
  return [id.slice(dash + 1), id.slice(0, dash + 1)]
}

/** Positive where `a` comes after `b`, negative before, 0 for the same; NaN where they are of two logs. */
export function compareIds(a: string, b: string): number {
  const [seqA, epochA] = partsOf(a)
  const [seqB, epochB] = partsOf(b)
  if (epochA !== epochB) return NaN
  return seqA.length - seqB.length || Number(seqA > seqB) - Number(seqA < seqB)
}

/** The id so many after this one, or before it. */
export function shiftId(id: string, by: bigint): string {
  const [seq, epoch] = partsOf(id)
  return epoch + (BigInt(seq) + by)
}
