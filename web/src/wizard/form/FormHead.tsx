import { useFund } from "../FundContext.tsx"
import { presets } from "../fund/presets.ts"
import styles from "./Form.module.css"
import { JsonActions } from "./JsonActions.tsx"

/** Where a fund comes from: a preset or a file. */
export function FormHead() {
  const { setCurrentFund } = useFund()
  return (
    <div className={styles.head}>
      <div className={styles.headRow}>
        <h2>Your fund</h2>
        <JsonActions />
      </div>
      <fieldset className={styles.presets}>
        <legend className={styles.unseen}>Presets</legend>
        {presets.map(({ id, name, about, fund }) => (
          <button
            key={id}
            type="button"
            className={styles.preset}
            onClick={() => setCurrentFund(fund)}
          >
            <strong>{name}</strong>
            <span>{about}</span>
          </button>
        ))}
      </fieldset>
    </div>
  )
}
