/**
 * Whether two values are the same, or plain objects or arrays of the same values. What else there is, such as
 * a `Map`, hides what it holds, and equals nothing but itself.
 */
export function isShallowEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const [x, y] = [Object.entries(a), Object.entries(b)]
  return x.length === y.length && x.every(([key, value]) => Object.is(value, Reflect.get(b, key)))
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false
  return [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(value))
}
