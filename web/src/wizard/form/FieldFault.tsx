import { useRef } from "react"
import { useFund } from "../FundContext.tsx"
import styles from "./Field.module.css"

/** The fault of a field, if it has one; while it is being typed in only one that was there before. */
export function useFaultAt(name: string, isFocused: boolean): string | undefined {
  const fault = useFund().faults.find(({ field }) => field === name)?.message
  const wasWrong = useRef(false)
  if (!isFocused) wasWrong.current = fault !== undefined
  return isFocused && !wasWrong.current ? undefined : fault
}

export interface FieldFaultProps {
  readonly id: string
  readonly fault: string | undefined
  readonly hint?: string | undefined
}

/** What stands below a field: its fault, else its hint. */
export function FieldFault({ id, fault, hint }: FieldFaultProps) {
  return (
    <p id={id} className={fault ? styles.fault : styles.hint}>
      {fault ?? hint}
    </p>
  )
}
