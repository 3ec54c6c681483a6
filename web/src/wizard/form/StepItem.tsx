import { Accordion } from "@base-ui/react/accordion"
import type { ReactNode } from "react"
import { Button } from "../../shared/ui/Button.tsx"
import { useFund } from "../FundContext.tsx"
import { type StepId, stepOf, steps } from "../fund/steps.ts"
import { summaryOf } from "../fund/summaries.ts"
import { FaultCount } from "./FaultCount.tsx"
import styles from "./Form.module.css"

export interface StepItemProps {
  readonly index: number
  readonly onNext: (step: StepId) => void
  readonly children: ReactNode
}

/** One step: its number, name and sum, its faults counted, and its fields. */
export function StepItem({ index, onNext, children }: StepItemProps) {
  const { currentFund, faults } = useFund()
  const step = steps[index]
  const next = steps[index + 1]
  if (!step) return null
  const count = faults.filter(({ field }) => stepOf(field) === step.id).length
  return (
    <Accordion.Item value={step.id} className={styles.step}>
      <Accordion.Header className={styles.stepHead}>
        <Accordion.Trigger className={styles.stepTrigger}>
          <span className={styles.number} aria-hidden="true">
            {index + 1}
          </span>
          <span className={styles.stepName}>{step.name}</span>
          <span className={styles.stepSum}>{summaryOf(step.id, currentFund)}</span>
          <FaultCount count={count} />
        </Accordion.Trigger>
      </Accordion.Header>
      <Accordion.Panel className={styles.stepPanel}>
        <div className={styles.stepFields}>
          {children}
          {next && (
            <Button size="small" className={styles.next ?? ""} onClick={() => onNext(next.id)}>
              Next: {next.name}
            </Button>
          )}
        </div>
      </Accordion.Panel>
    </Accordion.Item>
  )
}
