import { type ReactNode, useRef, useState } from "react"
import { saveFile } from "../../shared/saveFile.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { Card } from "../../shared/ui/Card.tsx"
import { standAlone, toPng } from "./export/chartImage.ts"
import { toCsv } from "./export/csv.ts"
import { tableToPng } from "./export/tableImage.ts"
import styles from "./FigureCard.module.css"
import type { Series } from "./series.ts"
import { TableView } from "./TableView.tsx"
import type { Table } from "./tables/table.ts"

/** A colour of the figure, and whose it is. */
export type Entry = Pick<Series, "name" | "colour">

export interface FigureCardProps {
  readonly title: string
  /** The same as the figure shows, in rows. */
  readonly table: Table
  /** The table as an image shows it, where that is not as exact. */
  readonly shown?: Table
  /** What the names of saved files begin with. */
  readonly fileName: string
  /** Chooses what is shown. */
  readonly switches?: ReactNode
  /** Below the figure. */
  readonly note?: ReactNode
  /** Whose lines are drawn, where there are several. */
  readonly legend?: readonly Entry[] | undefined
  /** The figure; without one, the table is the figure. */
  readonly children?: ReactNode
}

/** A figure that can be read as a table, and saved as CSV and PNG. */
export function FigureCard(props: FigureCardProps) {
  const { title, table, shown = table, fileName, switches, note, legend, children } = props
  const [isTable, setTable] = useState(false)
  const [fault, setFault] = useState("")
  const body = useRef<HTMLDivElement>(null)

  const savePng = async () => {
    const chart = body.current?.querySelector<SVGSVGElement>("svg.recharts-surface")
    try {
      const png = chart
        ? await toPng(standAlone(chart, title, legend))
        : await tableToPng(shown, title, body.current?.closest("section") ?? document.body)
      saveFile(`${fileName}.png`, png)
      setFault("")
    } catch (error) {
      setFault(`The image was not made: ${error instanceof Error ? error.message : error}`)
    }
  }
  const actions = (
    <>
      {children && (
        <Button size="small" tone="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          Table
        </Button>
      )}
      <Button
        size="small"
        tone="quiet"
        onClick={() => saveFile(`${fileName}.csv`, toCsv(table), "text/csv")}
      >
        CSV
      </Button>
      <Button size="small" tone="quiet" onClick={savePng}>
        PNG
      </Button>
    </>
  )
  return (
    <Card title={title} actions={actions}>
      {switches && <div className={styles.switches}>{switches}</div>}
      {legend && !isTable && <Legend entries={legend} />}
      <div ref={body} className={styles.body}>
        {isTable || !children ? <TableView table={table} caption={title} /> : children}
      </div>
      {fault && <p role="alert">{fault}</p>}
      {note && <div className={styles.note}>{note}</div>}
    </Card>
  )
}

function Legend({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <ul className={styles.legend}>
      {entries.map(({ name, colour }) => (
        <li key={name}>
          <svg width="12" height="12" aria-hidden="true">
            <rect width="12" height="12" rx="3" fill={colour} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  )
}
