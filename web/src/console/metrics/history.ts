import { quantileOf, rateOf } from "./rates.ts"
import type { Reading } from "./reading.ts"

export const pollMs = 2_000
export const shownMs = 5 * 60_000
/** Two polls further apart than this have a hole between them. */
export const holeMs = 2.5 * pollMs
/** Times to first byte are those of the last minute, since a stream does not begin every two seconds. */
const firstByteMs = 60_000

export type Measure =
  | "connections"
  | "clients"
  | "running"
  | "queued"
  | "bufferBytes"
  | "eventsPerSecond"
  | "bytesPerSecond"
  | "firstByteP95"
  | "slowCuts"

/** What is drawn at one time. A measure that is not there is a hole. */
export type Point = { readonly at: number } & { readonly [measure in Measure]?: number | undefined }

/** Five minutes of readings. Immutable. */
export interface History {
  readonly points: readonly Point[]
  /** Those that did come, oldest first. */
  readonly readings: readonly Reading[]
  readonly latest: Reading | undefined
}

export const noHistory: History = { points: [], readings: [], latest: undefined }

/** Adds a poll: a reading, or the time at which there was none. */
export function withPoll(history: History, polled: Reading | { readonly at: number }): History {
  const isShown = ({ at }: { readonly at: number }) => at > polled.at - shownMs
  const points = history.points.filter(isShown)
  const readings = history.readings.filter(isShown)
  if (!("firstByteBuckets" in polled)) {
    return { points: [...points, { at: polled.at }], readings, latest: history.latest }
  }
  const before = readings.at(-1)
  const minuteAgo = readings.findLast(({ at }) => at <= polled.at - firstByteMs) ?? readings[0]
  const point: Point = {
    at: polled.at,
    connections: polled.connections,
    clients: polled.clients,
    running: polled.running,
    queued: polled.queued,
    bufferBytes: polled.bufferBytes,
    eventsPerSecond: rateOf("events", before, polled),
    bytesPerSecond: rateOf("bytesSent", before, polled),
    firstByteP95:
      minuteAgo && quantileOf(0.95, minuteAgo.firstByteBuckets, polled.firstByteBuckets),
    slowCuts: polled.slowCuts,
  }
  return { points: [...points, point], readings: [...readings, polled], latest: polled }
}
