/** What a figure shows, as rows: the source of its table and of its CSV. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

export type Cell = string | number | null

export interface Column {
  readonly name: string
  /** How a number of this column is shown; in CSV it stands as it is. */
  readonly format?: (value: number) => string
}

/** A cell as it is shown. */
export function shownCell(cell: Cell | undefined, column: Column | undefined): string {
  if (cell === null || cell === undefined) return "–"
  return typeof cell === "number" ? (column?.format?.(cell) ?? String(cell)) : cell
}
