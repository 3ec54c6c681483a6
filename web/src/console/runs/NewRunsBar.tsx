import { formatCount } from "../../shared/format/numbers.ts"
import styles from "./NewRunsBar.module.css"

/** Runs that began since, which wait here. It lies over the table, so that the rows do not jump. */
export function NewRunsBar({ count, onShow }: { readonly count: number; onShow(): void }) {
  return (
    <div role="status" className={styles.place}>
      {count > 0 && (
        <button type="button" className={styles.bar} onClick={onShow}>
          {count === 1 ? "1 new run" : `${formatCount(count)} new runs`}
          <span className={styles.show}>Show</span>
        </button>
      )}
    </div>
  )
}
