/** How long to wait before connecting again. A value: it holds no state. */
export interface Backoff {
  /** The most of the random wait after a good connection, a wake-up or an idle close, in milliseconds. */
  readonly softMs: number
  /** The most of the random wait after a first failure, in milliseconds. It doubles with each further one. */
  readonly baseMs: number
  /** What the doubling ends at, in milliseconds. */
  readonly maxMs: number
  /** After how many milliseconds an open connection counts as good. */
  readonly stableMs: number
  /** How many attempts in a row may fail before it is given up. */
  readonly maxAttempts: number
  /** Numbers from 0 inclusive to 1 exclusive. */
  readonly random: () => number
}

export const defaultBackoff: Backoff = {
  softMs: 2_000,
  baseMs: 1_000,
  maxMs: 30_000,
  stableMs: 5_000,
  maxAttempts: Infinity,
  random: Math.random,
}

/**
 * The wait past a floor before the `retry`th retry in a row, counted from 1; 0 stands for the one after a
 * good connection, a wake-up or an idle close. It is drawn anew from the whole window each time, so that
 * clients who lost one server do not come back together.
 */
export function delayMs(backoff: Backoff, retry: number): number {
  const { softMs, baseMs, maxMs } = backoff
  return backoff.random() * (retry > 0 ? Math.min(maxMs, baseMs * 2 ** (retry - 1)) : softMs)
}
