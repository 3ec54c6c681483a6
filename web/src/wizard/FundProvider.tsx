import { type ReactNode, useCallback, useMemo, useState } from "react"
import { FormProvider, useForm, useWatch } from "react-hook-form"
import { navigate, useAddress } from "../shared/routing/location.ts"
import { runIdIn, wizardAddress } from "../shared/routing/runAddress.ts"
import { pinsIn } from "./compare/pins.ts"
import { FundContext, type FundContextValue } from "./FundContext.tsx"
import { defaultFund } from "./fund/defaults.ts"
import { readDraft, useDraft } from "./fund/draft.ts"
import type { Fund } from "./fund/types.ts"
import { useEchoedInput } from "./fund/useEchoedInput.ts"
import { useFaults } from "./fund/useFaults.ts"
import { useReport } from "./run/useReport.ts"
import { useStart } from "./run/useStart.ts"

/** Holds the form and the run of the page, whose id is in its address. */
export function FundProvider({ children }: { readonly children: ReactNode }) {
  const [draft] = useState(readDraft)
  const form = useForm<Fund>({ defaultValues: (draft ?? defaultFund) as Fund })
  const currentFund = useWatch({ control: form.control }) as Fund
  const [isChosen, setChosen] = useState(draft !== null)
  const [formRunId, setFormRunId] = useState<string | null>(null)

  const runId = runIdIn(useAddress())
  const { snapshot, report, source, isForeign } = useReport(runId)

  const showRun = useCallback((started: string) => {
    setFormRunId(started)
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
  useEchoedInput(runId, formRunId, (fund, echoed) => {
    setCurrentFund(fund)
    setFormRunId(echoed)
  })
  useDraft(form, runId === null)

  const needsSetup = !isChosen && !runId && !form.formState.isDirty
  const value = useMemo<FundContextValue>(
    () => ({
      currentFund,
      setCurrentFund,
      faults,
      needsSetup,
      run: { ...snapshot, runId, report, source, isForeign, startState, start, stopStarting },
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
      isForeign,
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
