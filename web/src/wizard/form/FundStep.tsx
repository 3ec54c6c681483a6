import { FieldGrid } from "./FieldGrid.tsx"
import { NumberField } from "./NumberField.tsx"

export function FundStep() {
  return (
    <FieldGrid>
      <NumberField
        name="fund.size"
        label="Fund size"
        unit="money"
        hint="Commitments of all partners"
      />
      <NumberField
        name="fund.gpCommitment"
        label="GP commitment"
        unit="percent"
        hint="Pays no fee and no carry"
      />
      <NumberField name="fund.lifeYears" label="Life" unit="years" hint="Extensions included" />
      <NumberField
        name="fund.investmentYears"
        label="Investment period"
        unit="years"
        hint="Full fee until its end"
      />
      <NumberField
        name="fund.asOfYear"
        label="Figures as of year"
        unit="plain"
        hint="The fund's last year, or an earlier one"
      />
      <NumberField
        name="liquidation.discount"
        label="Discount at the end"
        unit="percent"
        hint="Off what is still held then"
      />
    </FieldGrid>
  )
}
