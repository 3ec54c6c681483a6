import type { Run } from "@runstream/client"
import { curlOf, linkTo } from "../addresses.ts"
import { isCancellable } from "../runStates.ts"
import { CopyIconButton } from "./CopyIconButton.tsx"
import { IconButton } from "./IconButton.tsx"
import { LinkIcon, StopIcon, TerminalIcon } from "./icons.tsx"

export interface RunActionsProps {
  readonly run: Run
  readonly tabIndex: number
  onCancel(run: Run): void
}

/** What can be done with a run of the list. */
export function RunActions({ run, tabIndex, onCancel }: RunActionsProps) {
  return (
    <>
      <CopyIconButton text={linkTo(run.runId)} label="Copy link" tabIndex={tabIndex}>
        <LinkIcon />
      </CopyIconButton>
      <CopyIconButton text={curlOf(run)} label="Copy curl" tabIndex={tabIndex}>
        <TerminalIcon />
      </CopyIconButton>
      <IconButton
        label="Cancel…"
        tone="danger"
        tabIndex={tabIndex}
        disabled={!isCancellable(run)}
        onClick={() => onCancel(run)}
      >
        <StopIcon />
      </IconButton>
    </>
  )
}
