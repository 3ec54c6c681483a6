import { FieldGrid } from "./FieldGrid.tsx"
import { NumberField } from "./NumberField.tsx"

export function FeesStep() {
  return (
    <FieldGrid>
      <NumberField
        name="fees.management"
        label="Management fee"
        unit="percent"
        hint="Of commitments, a year"
      />
      <NumberField
        name="fees.stepDown"
        label="Step-down"
        unit="percent"
        hint="Of the fee, each year after"
      />
      <NumberField name="fees.floor" label="Fee floor" unit="percent" hint="Never less than this" />
      <NumberField name="fees.expenses" label="Expenses" unit="money" hint="A year" />
      <NumberField
        name="carry.rate"
        label="Carried interest"
        unit="percent"
        hint="Of profit, on the whole fund"
      />
      <NumberField name="carry.hurdle" label="Hurdle" unit="percent" hint="A year, compounded" />
      <NumberField
        name="carry.catchUp"
        label="Catch-up"
        unit="percent"
        hint="100 is full, 0 is none"
      />
    </FieldGrid>
  )
}
