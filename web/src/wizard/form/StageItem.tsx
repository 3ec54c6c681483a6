import { Accordion } from "@base-ui/react/accordion"
import { formatMoney, formatNumber, formatPercent } from "../../shared/format/numbers.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { useFund } from "../FundContext.tsx"
import { failureOf, graduationOf } from "../fund/types.ts"
import { DistributionField } from "./DistributionField.tsx"
import { FaultCount } from "./FaultCount.tsx"
import { FieldGrid } from "./FieldGrid.tsx"
import styles from "./Form.module.css"
import { NumberField } from "./NumberField.tsx"
import { TextField } from "./TextField.tsx"

export interface StageItemProps {
  readonly index: number
  readonly onRemove: (() => void) | undefined
}

/** One stage: a line that sums it up, and its fields below. */
export function StageItem({ index, onRemove }: StageItemProps) {
  const { currentFund, faults } = useFund()
  const { stages } = currentFund
  const stage = stages[index]
  if (!stage) return null
  const at = `stages.${index}`
  const isLast = index === stages.length - 1
  const rates = [graduationOf(stages, index), stage.exit, failureOf(stages, index)]
  return (
    <Accordion.Item value={String(index)} className={styles.stage}>
      <Accordion.Header className={styles.stageHead} render={(props) => <h4 {...props} />}>
        <Accordion.Trigger className={styles.stageTrigger}>
          <span className={styles.stageName}>{stage.name || "No name"}</span>
          <span className={styles.stageSum}>
            {stage.allocation > 0
              ? `${formatPercent(stage.allocation, 0)} · ${formatMoney(stage.cheque)} at ${formatMoney(stage.postMoney)}`
              : `at ${formatMoney(stage.postMoney)}`}
          </span>
          <FaultCount count={faults.filter(({ field }) => field.startsWith(`${at}.`)).length} />
        </Accordion.Trigger>
      </Accordion.Header>
      <Accordion.Panel className={styles.stagePanel}>
        <FieldGrid>
          <TextField name={`${at}.name`} label="Name" />
          <NumberField
            name={`${at}.allocation`}
            label="Allocation"
            unit="percent"
            hint="Of initial capital"
          />
          <NumberField name={`${at}.cheque`} label="Initial cheque" unit="money" />
          <NumberField name={`${at}.postMoney`} label="Post-money" unit="money" />
        </FieldGrid>
        <FieldGrid columns={3}>
          <NumberField
            name={`${at}.graduation`}
            label="Graduate"
            unit="percent"
            {...(isLast && { fixed: "0" })}
          />
          <NumberField name={`${at}.exit`} label="Exit" unit="percent" />
          <FailureRate rate={rates[2] ?? 0} />
        </FieldGrid>
        <NumberField
          name={`${at}.dilution`}
          label="Dilution in this round"
          unit="percent"
          hint="Borne by who held it before"
        />
        <DistributionField
          name={`${at}.monthsToGraduate`}
          label="Until the next round"
          unit="months"
        />
        <DistributionField name={`${at}.monthsToExit`} label="Until an exit" unit="months" />
        <DistributionField
          name={`${at}.exitMultiple`}
          label="Exit value ÷ post-money"
          unit="multiple"
        />
        {onRemove && (
          <Button size="small" tone="danger" onClick={onRemove}>
            Remove {stage.name || "this stage"}
          </Button>
        )}
      </Accordion.Panel>
    </Accordion.Item>
  )
}

/** Is filled in: what graduation and exit leave of 100. */
function FailureRate({ rate }: { readonly rate: number }) {
  return (
    <div className={styles.output}>
      <span className={styles.outputLabel}>Fail</span>
      <output className={styles.outputValue}>{formatNumber(rate)}%</output>
    </div>
  )
}
