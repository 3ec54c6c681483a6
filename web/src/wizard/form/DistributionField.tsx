import { useId } from "react"
import { type FieldPath, useController } from "react-hook-form"
import {
  type DistributionKind,
  kindMembers,
  kindNames,
  kindOf,
  toKind,
} from "../fund/distributions.ts"
import type { Distribution, Fund } from "../fund/types.ts"
import styles from "./DistributionField.module.css"
import fieldStyles from "./Field.module.css"
import { FieldFault, useFaultAt } from "./FieldFault.tsx"
import { NumberField } from "./NumberField.tsx"
import type { Unit } from "./units.ts"

export interface DistributionFieldProps {
  readonly name: string
  readonly label: string
  readonly unit: Unit
}

const memberNames: Record<string, string> = {
  median: "Median",
  p90: "90% are below",
  mean: "Mean",
  sigma: "Sigma",
  min: "Least",
  max: "Most",
  alpha: "Tail, alpha",
  value: "Value",
}

/** What a quantity is drawn from: the kind, and what that is told by. */
export function DistributionField({ name, label, unit }: DistributionFieldProps) {
  const { field } = useController<Fund>({ name: name as FieldPath<Fund> })
  const distribution = field.value as unknown as Distribution
  const kind = kindOf(distribution)
  const id = useId()
  const fault = useFaultAt(name, false)
  const change = (chosen: string) =>
    field.onChange(toKind(distribution, chosen as DistributionKind))
  return (
    <fieldset className={styles.distribution}>
      <legend className={fieldStyles.label}>{label}</legend>
      <select
        className={fieldStyles.select}
        aria-label={`${label}: distribution`}
        value={kind}
        onChange={(event) => change(event.target.value)}
      >
        {Object.entries(kindNames).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <div className={styles.members}>
        {kindMembers[kind].map((member) => (
          <NumberField
            key={`${kind} ${member}`}
            name={`${name}.${member}`}
            label={memberNames[member] ?? member}
            unit={member === "alpha" || member === "sigma" ? "plain" : unit}
          />
        ))}
      </div>
      {fault && <FieldFault id={id} fault={fault} />}
    </fieldset>
  )
}
