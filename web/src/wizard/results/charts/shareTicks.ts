/** Round shares from 0 up to the most, five at the most, so that the marks above stand free. */
export function shareTicks(most: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(most))
  const steps = [0.2, 0.5, 1, 2].map((each) => Number((each * power).toPrecision(1)))
  const step = steps.find((each) => most / each <= 5) ?? most
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step)
}
