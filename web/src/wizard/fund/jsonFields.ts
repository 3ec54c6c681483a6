/** JSON of which nothing is known yet. */
export type Json = Record<string, unknown>

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export const isGiven = (value: unknown) => value !== undefined && value !== null
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
export const numberOr = (value: unknown, fallback: number): number =>
  !isGiven(value) ? fallback : typeof value === "number" ? value : Number.NaN

/** What is given, in the shape of the defaults. */
export function fill(defaults: Json, given: Json, path: string, leftOut: string[]): Json {
  for (const key of Object.keys(given)) {
    if (given[key] !== undefined && !Object.hasOwn(defaults, key)) leftOut.push(path + key)
  }
  return Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => {
      const own = given[key]
      if (!isGiven(own)) return [key, value]
      if (isObject(value)) {
        if (!isObject(own)) leftOut.push(path + key)
        return [key, fill(value, objectOf(own), `${path}${key}.`, leftOut)]
      }
      if (typeof own === typeof value) return [key, own]
      return [key, typeof value === "string" ? "" : Number.NaN]
    }),
  )
}
