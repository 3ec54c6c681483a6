import { Accordion } from "@base-ui/react/accordion"
import { type FormEvent, useEffect, useRef, useState } from "react"
import { useFund } from "../FundContext.tsx"
import { firstFault, type StepId, stepOf, steps } from "../fund/steps.ts"
import { FeesStep } from "./FeesStep.tsx"
import styles from "./Form.module.css"
import { FormFooter } from "./FormFooter.tsx"
import { FormHead } from "./FormHead.tsx"
import { FundStep } from "./FundStep.tsx"
import { focusField } from "./focusField.ts"
import { ReservesStep } from "./ReservesStep.tsx"
import { RunStep } from "./RunStep.tsx"
import { StagesStep } from "./StagesStep.tsx"
import { StepItem } from "./StepItem.tsx"

/** The form, step by step. Sending it starts a run, or goes to the first fault. */
export function FundForm() {
  const { currentFund, faults, run } = useFund()
  const [step, setStep] = useState<StepId | null>("fund")
  const [wanted, setWanted] = useState<string | null>(null)
  const stageWanted = /^stages\.(\d+)\./.exec(wanted ?? "")?.[1]

  const goTo = (field: string) => {
    setStep(stepOf(field))
    setWanted(field)
    focusField(field)
  }

  // What the server refuses is shown like our own faults, so it is gone to as well.
  const refusal = run.startState.kind === "refused" ? run.startState : null
  const shown = useRef(refusal)
  useEffect(() => {
    if (refusal === shown.current) return
    shown.current = refusal
    const first = refusal && firstFault(refusal.error.errors)
    if (first) goTo(first.field)
  })

  const send = (event: FormEvent) => {
    event.preventDefault()
    const first = firstFault(faults)
    if (first) goTo(first.field)
    else run.start(currentFund)
  }
  const panels: Record<StepId, React.ReactNode> = {
    fund: <FundStep />,
    fees: <FeesStep />,
    stages: <StagesStep wanted={stageWanted === undefined ? undefined : Number(stageWanted)} />,
    reserves: <ReservesStep />,
    run: <RunStep />,
  }
  return (
    <form className={styles.form} onSubmit={send} noValidate aria-label="The fund">
      <FormHead />
      <Accordion.Root
        className={styles.steps}
        value={step ? [step] : []}
        onValueChange={([opened]) => setStep((opened as StepId | undefined) ?? null)}
      >
        {steps.map(({ id }, index) => (
          <StepItem key={id} index={index} onNext={setStep}>
            {panels[id]}
          </StepItem>
        ))}
      </Accordion.Root>
      <FormFooter />
    </form>
  )
}
