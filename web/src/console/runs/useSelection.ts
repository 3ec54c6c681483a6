import type { Run } from "@runstream/client"
import { useState } from "react"
import { navigate } from "../../shared/routing/location.ts"
import { runAddress } from "../addresses.ts"
import { useKeys } from "../parts/useKeys.ts"
import { isCancellable } from "../runStates.ts"

export interface Selection {
  readonly index: number
  select(runId: string): void
}

const steps: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }

export interface SelectionOptions {
  /** Whether keys are for something else now. */
  readonly isPaused: boolean
  /** Arrows, Home and End are taken only where this has the focus; elsewhere they scroll. */
  hasFocus(): boolean
  /** Keys have moved it. */
  onMove(index: number): void
  onCancel(run: Run): void
}

/** Which row the keys are about. It stays on its run when rows are added. */
export function useSelection(runs: readonly Run[], options: SelectionOptions): Selection {
  const [selected, setSelected] = useState<string | null>(null)
  const index = selected === null ? -1 : runs.findIndex(({ runId }) => runId === selected)

  const moveTo = (to: number) => {
    const at = Math.min(Math.max(to, 0), runs.length - 1)
    const run = runs[at]
    if (!run) return false
    setSelected(run.runId)
    options.onMove(at)
    return true
  }

  useKeys(({ key, target }) => {
    if (options.isPaused) return false
    const step = steps[key]
    const isLetter = key.length === 1
    if (step && (isLetter || options.hasFocus())) return moveTo(index + step)
    if (key === "Home" && options.hasFocus()) return moveTo(0)
    if (key === "End" && options.hasFocus()) return moveTo(runs.length - 1)
    const run = runs[index]
    if (!run) return false
    const isControl = target instanceof Element && !!target.closest("a, button")
    if (key === "Enter" && !isControl) {
      navigate(runAddress(run.runId))
      return true
    }
    if (key === "c" && isCancellable(run)) {
      options.onCancel(run)
      return true
    }
    return false
  })

  return { index, select: setSelected }
}
