import { useAddress } from "../../shared/routing/location.ts"
import { type ShownReport, useReport } from "../run/useReport.ts"
import { pinsIn } from "./pins.ts"

export interface Pinned extends ShownReport {
  readonly runId: string
  readonly letter: string
  readonly colour: string
}

const letters = ["A", "B", "C"]
const colours = ["var(--series-2)", "var(--series-3)", "var(--series-4)"]

/** The pinned runs in the order of the address, each with its letter and colour. */
export function usePinned(): readonly Pinned[] {
  const pins = pinsIn(useAddress())
  // As many hooks as there can be pins.
  const reports = [
    useReport(pins[0] ?? null),
    useReport(pins[1] ?? null),
    useReport(pins[2] ?? null),
  ]
  return pins.map((runId, at) => ({
    ...(reports[at] as ShownReport),
    runId,
    letter: letters[at] ?? "",
    colour: colours[at] ?? "",
  }))
}
