import { useId, useState } from "react"
import { type FieldPath, useController } from "react-hook-form"
import type { Fund } from "../fund/types.ts"
import styles from "./Field.module.css"
import { FieldFault, useFaultAt } from "./FieldFault.tsx"

export interface TextFieldProps {
  readonly name: string
  readonly label: string
}

export function TextField({ name, label }: TextFieldProps) {
  const id = useId()
  const { field } = useController<Fund>({ name: name as FieldPath<Fund> })
  const [isFocused, setFocused] = useState(false)
  const fault = useFaultAt(name, isFocused)
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.box} data-invalid={fault ? "" : undefined}>
        <input
          {...field}
          id={id}
          value={String(field.value ?? "")}
          autoComplete="off"
          aria-invalid={fault ? true : undefined}
          aria-describedby={`${id}-more`}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false)
            field.onBlur()
          }}
        />
      </div>
      <FieldFault id={`${id}-more`} fault={fault} />
    </div>
  )
}
