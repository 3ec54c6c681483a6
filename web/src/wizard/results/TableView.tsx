import styles from "./FigureCard.module.css"
import { shownCell, type Table } from "./tables/table.ts"

export interface TableViewProps {
  readonly table: Table
  readonly caption: string
}

/** A table that scrolls within itself, also by keyboard. */
export function TableView({ table: { columns, rows }, caption }: TableViewProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse
    <section className={styles.scroller} tabIndex={0} aria-label={caption}>
      <table className={styles.table}>
        <caption className={styles.caption}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={String(row[0])}>
              {row.map((cell, at) => {
                const text = shownCell(cell, columns[at])
                return at === 0 ? (
                  <th key={columns[at]?.name} scope="row">
                    {text}
                  </th>
                ) : (
                  <td key={columns[at]?.name}>{text}</td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
