import { type ReactNode, useCallback, useMemo, useState } from "react"
import { FormProvider, useForm, useWatch } from "react-hook-form"
import { navigate, useAddress } from "../shared/routing/location.ts"
import { runIdIn, wizardAddress } from "../shared/routing/runAddress.ts"
import { pinsIn } from "./compare/pins.ts"
import { FundContext, type FundContextValue } from "./FundContext.tsx"
import { defaultFund } from "./fund/defaults.ts"
import type { Fund } from "./fund/types.ts"
import { useEchoedInput } from "./fund/useEchoedInput.ts"
import { useFaults } from "./fund/useFaults.ts"
import { useReport } from "./run/useReport.ts"
import { useStart } from "./run/useStart.ts"

/** Holds the form and the run of the page, whose id is in its address. */
export function FundProvider({ children }: { readonly children: ReactNode }) {
  const form = useForm<Fund>({ defaultValues: defaultFund as Fund })
  const currentFund = useWatch({ control: form.control }) as Fund
  const [isChosen, setChosen] = useState(false)
  const [ownRunId, setOwnRunId] = useState<string | null>(null)

  const runId = runIdIn(useAddress())
  const { snapshot, report, source } = useReport(runId)

  const showRun = useCallback((started: string) => {
    setOwnRunId(started)
    navigate(wizardAddress(started, pinsIn(new URL(location.href))))
    // Where the results are below the form.
    if (matchMedia("(max-width: 62rem)").matches)
      document.getElementById("results")?.scrollIntoView()
  }, [])
  const { state: startState, start, stop: stopStarting } = useStart(showRun)
  const faults = useFaults(currentFund, startState)

  const setCurrentFund = useCallback(
    (fund: Fund) => {
      setChosen(true)
      form.reset(structuredClone(fund) as Fund)
    },
    [form],
  )
  useEchoedInput(runId, ownRunId, setCurrentFund)

  const needsSetup = !isChosen && !runId && !form.formState.isDirty
  const value = useMemo<FundContextValue>(
    () => ({
      currentFund,
      setCurrentFund,
      faults,
      needsSetup,
      run: { ...snapshot, runId, report, source, startState, start, stopStarting },
    }),
    [
      currentFund,
      setCurrentFund,
      faults,
      needsSetup,
      snapshot,
      runId,
      report,
      source,
      startState,
      start,
      stopStarting,
    ],
  )
  return (
    <FormProvider {...form}>
      <FundContext value={value}>{children}</FundContext>
    </FormProvider>
  )
}
