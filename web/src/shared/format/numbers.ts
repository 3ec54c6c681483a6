import { locale } from "./locale.ts"

/** Numbers as the reader's language writes them. A figure that is not there is a dash. */

const none = "–"

/** One formatter for each set of options, since making one is dear. */
function formatter(
  options: Intl.NumberFormatOptions,
): (value: number | null | undefined) => string {
  const format = new Intl.NumberFormat(locale, options)
  return (value) =>
    value === null || value === undefined || !Number.isFinite(value) ? none : format.format(value)
}

/** 412,000 */
export const formatCount = formatter({ maximumFractionDigits: 0 })

/** 2.5, with as many decimals as it has. */
export const formatNumber = formatter({ maximumFractionDigits: 6 })

/** 58K */
export const formatShort = formatter({ notation: "compact", maximumSignificantDigits: 3 })

/** 1.74× */
export function formatMultiple(value: number | null | undefined, digits = 2): string {
  const text = digitsOf(digits)(value)
  return text === none ? none : `${text}×`
}

/** 12.5% of a percent number. */
export function formatPercent(value: number | null | undefined, digits = 1): string {
  const text = digitsOf(digits)(value)
  return text === none ? none : `${text}%`
}

const money = formatter({
  style: "currency",
  currency: "USD",
  notation: "compact",
  minimumFractionDigits: 0,
  maximumFractionDigits: 1,
})

/** $81.4M of dollars; a dash where it is more than all the world's. */
export function formatMoney(value: number | null | undefined): string {
  return Math.abs(value ?? 0) < 1e15 ? money(value) : none
}

/** $1.255M, with as many decimals as it has. */
export const formatMoneyExact = formatter({
  style: "currency",
  currency: "USD",
  notation: "compact",
  minimumFractionDigits: 0,
  maximumFractionDigits: 6,
})

/** $81,400,000 */
export const formatDollars = formatter({
  style: "currency",
  currency: "USD",
  maximumFractionDigits: 0,
})

const byDigits = new Map<number, (value: number | null | undefined) => string>()

/** Formats with so many digits behind the point. */
export function digitsOf(digits: number): (value: number | null | undefined) => string {
  let format = byDigits.get(digits)
  if (!format) {
    format = formatter({ minimumFractionDigits: digits, maximumFractionDigits: digits })
    byDigits.set(digits, format)
  }
  return format
}

/** 9.8 MB; powers of 1024, as the server's own flags. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return none
  const units = ["B", "KB", "MB", "GB", "TB"]
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${digitsOf(unit === 0 || value >= 100 ? 0 : 1)(value)} ${units[unit]}`
}
