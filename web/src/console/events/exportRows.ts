import type { Row } from "./eventRows.ts"

/** The rows as NDJSON, each event with its data as it came. What was not had is said. */
export function toNdjson(rows: readonly Row[]): Blob {
  const lines: string[] = []
  for (const row of rows) {
    if (row.kind === "event") {
      lines.push(`{"id":"${row.id}","type":${JSON.stringify(row.type)},"data":${row.raw}}\n`)
    } else if (row.kind === "gap") {
      const { from, to, reason } = row
      lines.push(`${JSON.stringify({ type: "gap", from, to, reason })}\n`)
    }
  }
  return new Blob(lines, { type: "application/x-ndjson" })
}
