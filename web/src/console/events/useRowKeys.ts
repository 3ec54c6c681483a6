import { type KeyboardEvent, useState } from "react"
import type { Row } from "./eventRows.ts"

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  PageDown: 15,
  PageUp: -15,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

export interface RowKeysOptions {
  readonly rows: readonly Row[]
  readonly count: number
  onToggle(row: Row, index: number): void
  onMove(index: number): void
}

/** Keys of the list of events: which row they are about is known by its key. */
export function useRowKeys({ rows, count, onToggle, onMove }: RowKeysOptions) {
  const [active, setActive] = useState<number | null>(null)

  function indexOf(key: number): number {
    // Keys ascend.
    let [low, high] = [0, count - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      const at = rows[middle]?.key ?? 0
      if (at === key) return middle
      if (at < key) low = middle + 1
      else high = middle - 1
    }
    return Math.min(low, count - 1)
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const { key, altKey, ctrlKey, metaKey, target, currentTarget } = event
    if (altKey || ctrlKey || metaKey || count === 0 || target !== currentTarget) return
    const step = steps[key]
    if (step !== undefined) {
      event.preventDefault()
      const from = active === null ? count : indexOf(active)
      const to = Math.min(Math.max(from + step, 0), count - 1)
      setActive(rows[to]?.key ?? null)
      onMove(to)
    } else if ((key === "Enter" || key === " ") && active !== null) {
      event.preventDefault()
      const at = indexOf(active)
      const row = rows[at]
      if (row) onToggle(row, at)
    }
  }

  return { active, setActive, onKeyDown }
}
