import { useVirtualizer } from "@tanstack/react-virtual"
import { useEffect, useRef, useState } from "react"
import { formatCount } from "../../shared/format/numbers.ts"
import styles from "./EventList.module.css"
import { EventListRow } from "./EventListRow.tsx"
import type { Row } from "./eventRows.ts"
import { useFollow } from "./useFollow.ts"
import { useRowKeys } from "./useRowKeys.ts"

export interface EventListProps {
  /** Grows in place; `count` says how many there are. */
  readonly rows: readonly Row[]
  readonly count: number
  readonly search: string
  /** Where in `rows` the match is that is to be seen; -1 for none. */
  readonly matchAt: number
}

const rowHeight = 30

/** The rows, of which only those in sight are in the page; the end is followed until one scrolls up. */
export function EventList({ rows, count, search, matchAt }: EventListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const toggledFrame = useRef(0)
  const [expanded, setExpanded] = useState<ReadonlySet<number>>(new Set())
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    useFlushSync: false,
  })
  const follow = useFollow(scroller, count, () =>
    virtual.scrollToIndex(count - 1, { align: "end" }),
  )
  const toggle = (row: Row) => {
    if (row.kind !== "event") return
    follow.pause()
    setExpanded((before) => {
      const next = new Set(before)
      if (!next.delete(row.key)) next.add(row.key)
      return next
    })
  }
  const keys = useRowKeys({
    rows,
    count,
    onMove: moveTo,
    onToggle(row, index) {
      toggle(row)
      // What opens below the edge is brought into sight once its height is known.
      toggledFrame.current = requestAnimationFrame(() =>
        virtual.scrollToIndex(index, { align: "auto" }),
      )
    },
  })

  function moveTo(index: number, align: "auto" | "center" = "auto"): void {
    follow.pause()
    // Whoever has gone on since is not to be fetched back.
    cancelAnimationFrame(toggledFrame.current)
    virtual.scrollToIndex(index, { align })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another match moves it
  useEffect(() => {
    const row = rows[matchAt]
    if (!row) return
    keys.setActive(row.key)
    moveTo(matchAt, "center")
  }, [rows[matchAt]?.key, search])

  const items = virtual.getVirtualItems()
  const activeItem = items.find(({ index }) => rows[index]?.key === keys.active)
  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.list}
        role="treegrid"
        tabIndex={0}
        aria-label="Events of the run"
        aria-rowcount={count}
        aria-activedescendant={activeItem ? `row-${keys.active}` : undefined}
        onScroll={follow.onScroll}
        onKeyDown={keys.onKeyDown}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div className={styles.body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const row = rows[index]
            if (!row) return null
            return (
              <EventListRow
                key={key}
                ref={virtual.measureElement}
                row={row}
                index={index}
                top={start}
                search={search}
                isExpanded={expanded.has(row.key)}
                isActive={row.key === keys.active}
                onToggle={toggle}
              />
            )
          })}
        </div>
      </div>
      {count === 0 && <p className={styles.none}>Nothing yet.</p>}
      {!follow.isOn && (
        <button type="button" className={styles.resume} onClick={follow.resume}>
          {follow.news > 0 ? `${formatCount(follow.news)} new ↓` : "To the end ↓"}
        </button>
      )}
    </div>
  )
}
