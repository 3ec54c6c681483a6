import styles from "./Form.module.css"

/** How many faults a step has; nothing where there is none. */
export function FaultCount({ count }: { readonly count: number }) {
  if (count === 0) return null
  return (
    <span className={styles.count}>
      {count}
      <span className={styles.unseen}>{count === 1 ? " fault" : " faults"}</span>
    </span>
  )
}
