import { type EventRow, type GapRow, type NoteRow, type Row, utf8Size } from "./eventRows.ts"

/** The most that a page keeps of one run: rows, and characters of their data. */
export const mostRows = 250_000
export const mostChars = 96_000_000

export interface Bounds {
  readonly mostRows: number
  readonly mostChars: number
}

/**
 * The rows of one run, in the order they came. Bounded: past its bounds the oldest quarter goes, and a gap
 * says so.
 *
 * Rows are added in place, since there may be very many; `revision` changes when others than the last have.
 */
export class RowStore {
  rows: Row[] = []
  /** Those of the rows that are gaps. */
  gaps: readonly GapRow[] = []
  readonly counts = new Map<string, number>()
  /** Changes whenever rows that were there are gone. */
  revision = 0
  private chars = 0
  private nextKey = 0
  private dropped: GapRow | undefined

  constructor(private readonly bounds: Bounds = { mostRows, mostChars }) {}

  addEvent(event: Omit<EventRow, "kind" | "key" | "size">): void {
    this.counts.set(event.type, (this.counts.get(event.type) ?? 0) + 1)
    this.chars += event.raw.length
    this.rows.push({ kind: "event", key: this.nextKey++, size: utf8Size(event.raw), ...event })
    if (this.rows.length > this.bounds.mostRows || this.chars > this.bounds.mostChars) this.shrink()
  }

  addGap(gap: Omit<GapRow, "kind" | "key">): void {
    const row: GapRow = { kind: "gap", key: this.nextKey++, ...gap }
    this.rows.push(row)
    this.gaps = [...this.gaps, row]
  }

  addNote(text: string): void {
    const note: NoteRow = { kind: "note", key: this.nextKey++, text }
    this.rows.push(note)
  }

  /** Forgets all: the log was made anew. */
  clear(): void {
    this.rows = []
    this.gaps = []
    this.counts.clear()
    this.chars = 0
    this.dropped = undefined
    this.revision++
  }

  private shrink(): void {
    const atLeast = this.rows.length / 4
    let at = this.dropped ? 1 : 0
    let [from, to] = [this.dropped?.from ?? 0, this.dropped?.to ?? 0]
    for (; at < this.rows.length - 1; at++) {
      if (at >= atLeast && this.chars < this.bounds.mostChars * 0.75) break
      const row = this.rows[at] as Row
      if (row.kind === "note") continue
      const [first, last] = row.kind === "event" ? [row.seq, row.seq] : [row.from, row.to]
      from ||= first
      to = last
      if (row.kind === "event") this.chars -= row.raw.length
    }
    this.dropped = { kind: "gap", key: this.nextKey++, from, to, reason: "dropped" }
    this.rows = [this.dropped, ...this.rows.slice(at)]
    this.gaps = this.rows.filter((row) => row.kind === "gap")
    this.revision++
  }
}
