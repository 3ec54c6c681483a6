import type { Row } from "./eventRows.ts"
import type { RowStore } from "./rowStore.ts"

export interface RowQuery {
  /** Types of events to show; none for all. */
  readonly types: ReadonlySet<string>
  /** What to look for in the data, in any case; empty for nothing. */
  readonly search: string
}

/**
 * The rows that a query shows, and those among them in which its text is found. `update` looks only at what
 * has come since, so that a long log costs nothing again.
 */
export class RowFilter {
  shown: Row[] = []
  /** Positions in `shown`. */
  found: number[] = []
  private seen = 0
  private revision = -1
  private readonly search: string

  constructor(
    private readonly store: RowStore,
    private readonly query: RowQuery,
  ) {
    this.search = query.search.toLowerCase()
  }

  update(): this {
    if (this.revision !== this.store.revision) {
      this.shown = []
      this.found = []
      this.seen = 0
      this.revision = this.store.revision
    }
    const { rows } = this.store
    for (; this.seen < rows.length; this.seen++) {
      const row = rows[this.seen] as Row
      if (!this.isShown(row)) continue
      if (this.search && row.kind === "event" && row.raw.toLowerCase().includes(this.search)) {
        this.found.push(this.shown.length)
      }
      this.shown.push(row)
    }
    return this
  }

  private isShown(row: Row): boolean {
    return row.kind !== "event" || this.query.types.size === 0 || this.query.types.has(row.type)
  }
}
