import type { Run } from "@runstream/client"
import { useWindowVirtualizer } from "@tanstack/react-virtual"
import { useEffect, useLayoutEffect, useRef, useState } from "react"
import { useMedia } from "../parts/useMedia.ts"
import { RunRow } from "./RunRow.tsx"
import styles from "./RunTable.module.css"
import { useSelection } from "./useSelection.ts"

const columns = [
  ["State"],
  ["Run"],
  ["Agent"],
  ["Age", "number"],
  ["Duration", "number"],
  ["Events", "number"],
  ["Held", "number"],
  ["Readers", "number"],
  ["Attempt", "number"],
  ["Actions", "unseen"],
] as const

/** The bars that stay at the top of the window. */
const barsHeight = 92

export interface RunTableProps {
  readonly runs: readonly Run[]
  readonly hasMore: boolean
  readonly now: number
  /** Whether a question is open that keys are for. */
  readonly isAsking: boolean
  /** The last rows come into sight. */
  onNearEnd(): void
  onCancel(run: Run): void
}

/** The runs, of which only the rows in sight are in the page. */
export function RunTable({ runs, hasMore, now, isAsking, onNearEnd, onCancel }: RunTableProps) {
  const isNarrow = useMedia("(max-width: 64rem)")
  const grid = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    if (body.current) setTop(Math.round(body.current.getBoundingClientRect().top + scrollY))
  })
  const virtual = useWindowVirtualizer({
    count: runs.length,
    estimateSize: () => (isNarrow ? 84 : 44),
    getItemKey: (index) => runs[index]?.runId ?? index,
    overscan: 8,
    scrollMargin: top,
    scrollPaddingStart: barsHeight,
    scrollPaddingEnd: 16,
    useFlushSync: false,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: all rows have another height then
  useEffect(() => virtual.measure(), [isNarrow])
  const selection = useSelection(runs, {
    isPaused: isAsking,
    hasFocus: () => !!grid.current?.contains(document.activeElement),
    onMove: (index) => virtual.scrollToIndex(index),
    onCancel,
  })

  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const isNearEnd = hasMore && last >= runs.length - 20
  const newestOnNearEnd = useRef(onNearEnd)
  newestOnNearEnd.current = onNearEnd
  useEffect(() => {
    if (isNearEnd) newestOnNearEnd.current()
  }, [isNearEnd])

  const isInPage = items.some(({ index }) => index === selection.index)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot have rows out of the flow
    <div
      ref={grid}
      className={styles.table}
      role="grid"
      tabIndex={0}
      aria-label="Runs"
      aria-rowcount={hasMore ? -1 : runs.length + 1}
      aria-activedescendant={isInPage ? `run-${selection.index}` : undefined}
    >
      {/* biome-ignore-start lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore-start lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div role="rowgroup" className={styles.headGroup}>
        <div role="row" className={`${styles.row} ${styles.head}`} aria-rowindex={1}>
          {columns.map(([name, kind]) => (
            <span key={name} role="columnheader" data-column={name} data-kind={kind}>
              {name}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={body}
        role="rowgroup"
        className={styles.body}
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map(({ index, key, start, size }) => (
          <RunRow
            key={key}
            run={runs[index] as Run}
            index={index}
            top={start - top}
            height={size}
            now={now}
            isSelected={index === selection.index}
            onSelect={selection.select}
            onCancel={onCancel}
          />
        ))}
      </div>
      {/* biome-ignore-end lint/a11y/useFocusableInteractive: as above */}
      {/* biome-ignore-end lint/a11y/useSemanticElements: as above */}
    </div>
  )
}
