import type { ReactNode } from "react"
import styles from "./Field.module.css"

/** Fields side by side. */
export function FieldGrid({
  columns = 2,
  children,
}: {
  readonly columns?: 2 | 3
  readonly children: ReactNode
}) {
  return (
    <div className={styles.grid} data-columns={columns}>
      {children}
    </div>
  )
}
