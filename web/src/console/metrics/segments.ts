import { holeMs, type Measure, type Point } from "./history.ts"

export interface Value {
  readonly at: number
  readonly value: number
}

/** A measure's values, cut where one is missing or where nobody asked for a while. */
export function segmentsOf(points: readonly Point[], measure: Measure): Value[][] {
  const segments: Value[][] = []
  let current: Value[] = []
  let before = Number.NEGATIVE_INFINITY
  for (const point of points) {
    const value = point[measure]
    const isHole = value === undefined
    if (isHole || point.at - before > holeMs) current = []
    before = point.at
    if (isHole) continue
    if (current.length === 0) segments.push(current)
    current.push({ at: point.at, value })
  }
  return segments
}

/** The value at the time nearest to this one, if there is one within a hole's width. */
export function valueNear(points: readonly Point[], measure: Measure, at: number) {
  let nearest: Point | undefined
  for (const point of points) {
    if (!nearest || Math.abs(point.at - at) < Math.abs(nearest.at - at)) nearest = point
  }
  if (!nearest || Math.abs(nearest.at - at) > holeMs) return undefined
  return { at: nearest.at, value: nearest[measure] }
}
