import { formatMoneyExact, formatNumber } from "../../shared/format/numbers.ts"

/** What a field counts in; it stands in the field. */
export type Unit = "money" | "percent" | "years" | "months" | "multiple" | "plain"

export const prefixes: Partial<Record<Unit, string>> = { money: "$" }
export const suffixes: Partial<Record<Unit, string>> = {
  percent: "%",
  years: "years",
  months: "months",
  multiple: "×",
}

/** A value as it stands in its field, beside the unit. */
export function showIn(unit: Unit, value: number | null): string {
  if (value === null || !Number.isFinite(value)) return ""
  return unit === "money" ? formatMoneyExact(value).replace("$", "") : formatNumber(value)
}
