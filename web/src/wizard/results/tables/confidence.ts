/** Standard errors to each side within which the true value lies in 95 of 100 runs. */
const deviations = 1.96

/** What stands behind a ±; undefined where one path tells of no error. */
export function plusMinus(standardError: number | undefined): number | undefined {
  return standardError === undefined ? undefined : standardError * deviations
}
