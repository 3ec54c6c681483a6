/**
 * The milliseconds that a `Retry-After` header asks for, in seconds or as a date (RFC 9110, 10.2.3);
 * undefined where there is none or it is neither.
 */
export function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
