import { FieldGrid } from "./FieldGrid.tsx"
import { NumberField } from "./NumberField.tsx"

export function ReservesStep() {
  return (
    <FieldGrid>
      <NumberField
        name="reserves.ratio"
        label="Reserves"
        unit="percent"
        hint="Of what can be invested"
      />
      <NumberField
        name="reserves.proRata"
        label="Pro-rata taken"
        unit="percent"
        hint="100 keeps the fund's part"
      />
      <NumberField
        name="recycling.cap"
        label="Recycling"
        unit="percent"
        hint="Of size, out of proceeds"
      />
      <NumberField
        name="recycling.untilYear"
        label="Recycling until year"
        unit="plain"
        hint="0 for never"
      />
    </FieldGrid>
  )
}
