/** The round step, 1, 2 or 5 of a power of ten, of which at most so many make up a span. */
function roundStep(span: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(span / most))
  return [1, 2, 5].map((each) => each * power).find((step) => span / step <= most) ?? 10 * power
}

/** Without the dust of binary fractions. */
const tidy = (value: number) => Number(value.toPrecision(12))

/** Round values around all that lies between two, seven at the most. */
export function roundTicks(least: number, greatest: number): readonly number[] {
  const step = roundStep(greatest - least || Math.abs(least) || 1, 5)
  const first = Math.floor(tidy(least / step))
  const last = Math.max(first + 1, Math.ceil(tidy(greatest / step)))
  return Array.from({ length: last - first + 1 }, (_, at) => tidy((first + at) * step))
}

/** Round shares from 0 up to the most, six at the most, so that the marks above stand free. */
export function shareTicks(most: number): readonly number[] {
  const step = roundStep(most, 5)
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => tidy(at * step))
}

/** How many digits behind the point tell two ticks apart. */
export function digitsOfTicks([first = 0, second = 1]: readonly number[]): number {
  return Math.max(0, -Math.floor(Math.log10(tidy(second - first))))
}
