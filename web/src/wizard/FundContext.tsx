import { createContext, useContext } from "react"
import type { Fault } from "./fund/faults.ts"
import type { Fund } from "./fund/types.ts"
import type { Report } from "./run/types.ts"
import type { FundSnapshot } from "./run/useFundRun.ts"
import type { StartState } from "./run/useStart.ts"

/** The run that the page shows: what `useAgentStream` returns, and how to start one. */
export type FundRun = FundSnapshot & {
  /** null while there is none. */
  readonly runId: string | null
  /** The newest report known, also while a new attempt has none yet, or once the server has forgotten the run. */
  readonly report: Report | undefined
  /** `kept`: from this browser, since the server has forgotten the run. */
  readonly source: "live" | "kept"
  /** Whether it is a run of another agent. */
  readonly isForeign: boolean
  readonly startState: StartState
  /** Starts a run of this fund and shows it. */
  start(fund: Fund): void
  /** Gives up a start that waits for the server. */
  stopStarting(): void
}

export interface FundContextValue {
  /** The fund as the form holds it; a field that is no number is NaN. */
  readonly currentFund: Fund
  /** Puts a fund into the form. */
  setCurrentFund(fund: Fund): void
  /** All that is wrong with it, the server's word included; empty if it can be run. */
  readonly faults: readonly Fault[]
  /** Whether no fund was chosen yet, by a preset, a file, a run or a change in the form. */
  readonly needsSetup: boolean
  readonly run: FundRun
}

export const FundContext = createContext<FundContextValue | null>(null)

/** The fund and the run that the page is about. */
export function useFund(): FundContextValue {
  const value = useContext(FundContext)
  if (!value) throw new Error("There is no FundProvider above this component")
  return value
}
