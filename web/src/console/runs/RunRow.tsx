import type { Run } from "@runstream/client"
import { memo } from "react"
import { formatBytes, formatCount } from "../../shared/format/numbers.ts"
import { formatMoment, formatSpan } from "../../shared/format/times.ts"
import { Link } from "../../shared/routing/Link.tsx"
import { StateBadge } from "../../shared/ui/StateBadge.tsx"
import { runAddress } from "../addresses.ts"
import { CopyIconButton } from "../parts/CopyIconButton.tsx"
import { CopyIcon } from "../parts/icons.tsx"
import { RunActions } from "../parts/RunActions.tsx"
import { durationOf, isRunEnd, seqOf } from "../runStates.ts"
import styles from "./RunTable.module.css"

export interface RunRowProps {
  readonly run: Run
  readonly index: number
  readonly top: number
  readonly height: number
  readonly now: number
  readonly isSelected: boolean
  onSelect(runId: string): void
  onCancel(run: Run): void
}

function RunRowOnce(props: RunRowProps) {
  const { run, index, top, height, now, isSelected, onSelect, onCancel } = props
  const age = now - Date.parse(run.createdAt)
  const duration = durationOf(run, now)
  const tabIndex = isSelected ? 0 : -1
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: see RunTable
    // biome-ignore-start lint/a11y/useFocusableInteractive: the grid has the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard by useSelection
    <div
      id={`run-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={styles.row}
      style={{ transform: `translateY(${top}px)`, height }}
      onClick={() => onSelect(run.runId)}
      data-run={run.runId}
    >
      <span role="gridcell" data-column="State">
        <StateBadge state={run.state} />
      </span>
      <span role="gridcell" data-column="Run">
        <Link className={styles.id} href={runAddress(run.runId)} tabIndex={tabIndex}>
          {run.runId}
        </Link>
        <CopyIconButton text={run.runId} label="Copy the run's id" tabIndex={tabIndex}>
          <CopyIcon />
        </CopyIconButton>
      </span>
      <span role="gridcell" data-column="Agent">
        {run.agent}
      </span>
      <span
        role="gridcell"
        data-column="Age"
        data-kind="number"
        title={formatMoment(run.createdAt)}
      >
        {formatSpan(age)}
      </span>
      <span role="gridcell" data-column="Duration" data-kind="number">
        {duration === null ? "–" : formatSpan(duration)}
      </span>
      <span role="gridcell" data-column="Events" data-kind="number">
        {formatCount(Number(seqOf(run.lastEventId)))}
      </span>
      <span role="gridcell" data-column="Held" data-kind="number">
        {formatBytes(run.bufferedBytes)}
      </span>
      <span role="gridcell" data-column="Readers" data-kind="number">
        {formatCount(run.readers)}
      </span>
      <span role="gridcell" data-column="Attempt" data-kind="number">
        {run.attempt}
      </span>
      <span role="gridcell" data-column="Actions">
        <RunActions run={run} tabIndex={tabIndex} onCancel={onCancel} />
      </span>
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: as above
    // biome-ignore-end lint/a11y/useSemanticElements: as above
  )
}

/** One run. Of a run that has ended and is old, a second more or less is not seen, so it is not drawn anew. */
export const RunRow = memo(RunRowOnce, (before, after) => {
  const { run } = after
  const isOld = isRunEnd(run.state) && after.now - Date.parse(run.createdAt) > 86_400_000
  return (
    before.run === run &&
    before.index === after.index &&
    before.top === after.top &&
    before.height === after.height &&
    before.isSelected === after.isSelected &&
    (before.now === after.now || isOld)
  )
})
