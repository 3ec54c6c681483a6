import type { Cell, Table } from "../tables/table.ts"

/** A table as CSV (RFC 4180), which a spreadsheet takes for text where it could be a formula. */
export function toCsv({ columns, rows }: Table): string {
  const lines = [columns.map(({ name }) => name), ...rows]
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("")
}

function field(cell: Cell): string {
  if (cell === null) return ""
  if (typeof cell === "number") return String(cell)
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
