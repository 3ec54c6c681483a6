import { memo, type Ref } from "react"
import { formatBytes, formatCount } from "../../shared/format/numbers.ts"
import { JsonView } from "../run/JsonView.tsx"
import styles from "./EventList.module.css"
import type { GapRow, Row } from "./eventRows.ts"
import { Marked } from "./Marked.tsx"

export interface EventListRowProps {
  readonly ref: Ref<HTMLDivElement>
  readonly row: Row
  readonly index: number
  readonly top: number
  readonly search: string
  readonly isExpanded: boolean
  readonly isActive: boolean
  onToggle(row: Row): void
}

const reasons: Record<GapRow["reason"], string> = {
  missed: "no longer held by the server (it keeps 10 MB of a run, or what --run-buffer says)",
  oversized: "larger than this page takes (1 MB)",
  dropped: "let go by this page, to stay small; reload to read what the server still holds",
}

function textOf({ from, to, reason }: GapRow): string {
  const which = from === to ? formatCount(from) : `${formatCount(from)}–${formatCount(to)}`
  return `${which} ${reasons[reason]}`
}

/** One row: an event on a line, with its JSON below where it is expanded; a gap; or a note. */
export const EventListRow = memo(function EventListRow(props: EventListRowProps) {
  const { ref, row, index, top, search, isExpanded, isActive, onToggle } = props
  const place = {
    ref,
    id: `row-${row.key}`,
    "data-index": index,
    "aria-rowindex": index + 1,
    "data-active": isActive || undefined,
    style: { transform: `translateY(${top}px)` },
  }
  if (row.kind !== "event") {
    return (
      // biome-ignore lint/a11y/useSemanticElements: see EventList
      // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
      <div {...place} role="row" className={`${styles.row} ${styles[row.kind]}`}>
        {/* biome-ignore lint/a11y/useSemanticElements: see EventList */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the list has the focus */}
        <span role="gridcell">{row.kind === "gap" ? textOf(row) : row.text}</span>
      </div>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: see EventList
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
    <div {...place} role="row" aria-expanded={isExpanded} className={styles.row}>
      {/* biome-ignore-start lint/a11y/useSemanticElements: see EventList */}
      {/* biome-ignore-start lint/a11y/useFocusableInteractive: the list has the focus */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys are heard by the list */}
      <div className={styles.line} role="presentation" onClick={() => onToggle(row)}>
        <span role="gridcell" className={styles.seq}>
          {row.seq}
        </span>
        <span role="gridcell" className={styles.type} data-type={row.type}>
          {row.type}
        </span>
        <span role="gridcell" className={styles.size}>
          {formatBytes(row.size)}
        </span>
        <span role="gridcell" className={styles.data}>
          <Marked text={row.raw} search={search} />
        </span>
      </div>
      {isExpanded && (
        <div role="gridcell" className={styles.detail}>
          <JsonView raw={row.raw} title={`Event ${row.id}`} />
        </div>
      )}
      {/* biome-ignore-end lint/a11y/useFocusableInteractive: as above */}
      {/* biome-ignore-end lint/a11y/useSemanticElements: as above */}
    </div>
  )
})
