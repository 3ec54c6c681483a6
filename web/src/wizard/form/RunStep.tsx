import { useFund } from "../FundContext.tsx"
import { stepOf } from "../fund/steps.ts"
import { FieldGrid } from "./FieldGrid.tsx"
import styles from "./Form.module.css"
import { NumberField } from "./NumberField.tsx"

/** Fields of this step whose faults stand beside them. */
const ownFields = ["paths", "seed"]

export function RunStep() {
  const { faults } = useFund()
  const others = faults.filter(({ field }) => stepOf(field) === "run" && !ownFields.includes(field))
  return (
    <>
      <FieldGrid>
        <NumberField
          name="paths"
          label="Paths"
          unit="plain"
          hint="Lives of the fund; more are more exact"
        />
        <NumberField
          name="seed"
          label="Seed"
          unit="plain"
          whenEmpty="Drawn by the server"
          hint="The same seed gives the same result"
        />
      </FieldGrid>
      {others.map(({ field, message }) => (
        <p key={field} className={styles.fault} role="alert">
          {field ? `${field}: ${message}` : message}
        </p>
      ))}
    </>
  )
}
