/**
 * The seconds that a `Retry-After` header asks for, as such or as a date (RFC 9110, 10.2.3); null where it
 * is empty, or neither.
 */
export function retryAfterSeconds(header: string): number | null {
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return seconds >= 0 ? seconds : null
}
