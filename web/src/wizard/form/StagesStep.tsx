import { Accordion } from "@base-ui/react/accordion"
import { useState } from "react"
import { useFieldArray } from "react-hook-form"
import { Button } from "../../shared/ui/Button.tsx"
import { useFund } from "../FundContext.tsx"
import type { Fund, Stage } from "../fund/types.ts"
import { Funnel } from "../strip/Funnel.tsx"
import { FieldGrid } from "./FieldGrid.tsx"
import styles from "./Form.module.css"
import { NumberField } from "./NumberField.tsx"
import { StageItem } from "./StageItem.tsx"

const mostStages = 10

export interface StagesStepProps {
  /** The stage that is open, as the form has a fault in it. */
  readonly wanted?: number | undefined
}

/** The portfolio as a whole, then each stage, folded to one line until it is opened. */
export function StagesStep({ wanted }: StagesStepProps) {
  const { currentFund, faults, run } = useFund()
  const { fields, append, remove } = useFieldArray<Fund, "stages">({ name: "stages" as never })
  const [open, setOpen] = useState<string[]>([])
  const [seen, setSeen] = useState<number | undefined>(undefined)
  if (wanted !== seen) {
    setSeen(wanted)
    if (wanted !== undefined) setOpen([String(wanted)])
  }
  const ofList = faults.find(({ field }) => field === "stages")
  const add = () => {
    const last = currentFund.stages.at(-1)
    if (!last) return
    append({
      ...structuredClone(last),
      name: `Stage ${fields.length + 1}`,
      allocation: 0,
    } as Stage as never)
    setOpen([String(fields.length)])
  }
  return (
    <>
      {run.runId && <Funnel />}
      <FieldGrid>
        <NumberField name="portfolio.deployYears" label="Cheques spread over" unit="years" />
        <NumberField
          name="portfolio.maxPerCompany"
          label="Most in one company"
          unit="percent"
          hint="Of size"
        />
      </FieldGrid>
      {ofList && (
        <p className={styles.fault} role="alert">
          {ofList.message}
        </p>
      )}
      <Accordion.Root
        className={styles.stages}
        value={open}
        onValueChange={(value) => setOpen(value as string[])}
      >
        {fields.map(({ id }, index) => (
          <StageItem
            key={id}
            index={index}
            onRemove={fields.length > 1 ? () => remove(index) : undefined}
          />
        ))}
      </Accordion.Root>
      {fields.length < mostStages && (
        <Button size="small" onClick={add}>
          Add a later stage
        </Button>
      )}
    </>
  )
}
