import { useMemo, useState } from "react"
import type { StartState } from "../run/useStart.ts"
import { type Fault, faultsOf } from "./faults.ts"
import type { Fund } from "./types.ts"

const none: readonly Fault[] = []

interface Refusal {
  readonly state: StartState
  readonly fund: Fund
  readonly faults: readonly Fault[]
}

/** What is wrong with a fund: by our own rules, and what the server said of it until it is changed. */
export function useFaults(fund: Fund, startState: StartState): readonly Fault[] {
  const own = useMemo(() => faultsOf(fund), [fund])
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  if (refusal?.state !== startState) {
    const isRefused = startState.kind === "refused"
    setRefusal({ state: startState, fund, faults: isRefused ? startState.error.errors : none })
  }
  const told = refusal?.fund === fund ? refusal.faults : none
  return useMemo(() => [...own, ...told], [own, told])
}
