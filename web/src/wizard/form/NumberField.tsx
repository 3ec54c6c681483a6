import { type ChangeEvent, useId, useState } from "react"
import { type FieldPath, useController } from "react-hook-form"
import { parseNumber } from "../../shared/format/parseNumber.ts"
import type { Fund } from "../fund/types.ts"
import styles from "./Field.module.css"
import { FieldFault, useFaultAt } from "./FieldFault.tsx"
import { prefixes, showIn, suffixes, type Unit } from "./units.ts"

export interface NumberFieldProps {
  /** Dotted path in the fund. */
  readonly name: string
  readonly label: string
  readonly unit: Unit
  /** One line below the field. */
  readonly hint?: string
  /** What an empty field stands for; without it a number is needed. */
  readonly whenEmpty?: string
  /** Shown in place of the value, which cannot be changed then. */
  readonly fixed?: string
}

/** A number with its unit. Text that is no number is NaN in the form, and stays as it was typed. */
export function NumberField({ name, label, unit, hint, whenEmpty, fixed }: NumberFieldProps) {
  const id = useId()
  const { field } = useController<Fund>({ name: name as FieldPath<Fund> })
  const [typed, setTyped] = useState<string | null>(null)
  const [isFocused, setFocused] = useState(false)
  const fault = useFaultAt(name, isFocused)

  const value = field.value as number | null
  const read = (text: string) => (whenEmpty && !text.trim() ? null : parseNumber(text))
  // What was typed counts as long as it is what the form holds; a preset may have come since.
  const isOurs = typed !== null && Object.is(read(typed), value)
  const text = fixed ?? (isOurs ? typed : showIn(unit, value))

  const change = (event: ChangeEvent<HTMLInputElement>) => {
    setTyped(event.target.value)
    field.onChange(read(event.target.value))
  }
  const leave = () => {
    setFocused(false)
    field.onBlur()
    if (typed && Number.isFinite(read(typed))) setTyped(null)
  }
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.box} data-invalid={fault ? "" : undefined}>
        {prefixes[unit] && <span className={styles.unit}>{prefixes[unit]}</span>}
        <input
          id={id}
          ref={field.ref}
          name={name}
          inputMode="decimal"
          autoComplete="off"
          placeholder={whenEmpty}
          value={text}
          disabled={fixed !== undefined}
          aria-invalid={fault ? true : undefined}
          aria-describedby={`${id}-more`}
          onChange={change}
          onFocus={() => setFocused(true)}
          onBlur={leave}
        />
        {suffixes[unit] && <span className={styles.unit}>{suffixes[unit]}</span>}
      </div>
      <FieldFault id={`${id}-more`} fault={fault} hint={hint} />
    </div>
  )
}
