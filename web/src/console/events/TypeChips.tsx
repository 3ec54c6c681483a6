import { formatCount } from "../../shared/format/numbers.ts"
import { eventTypes } from "./eventRows.ts"
import styles from "./TypeChips.module.css"

export interface TypeChipsProps {
  readonly counts: ReadonlyMap<string, number>
  /** None chosen: all are shown. */
  readonly chosen: ReadonlySet<string>
  onChoose(types: ReadonlySet<string>): void
}

/** How many events of each type there are, and which are shown. */
export function TypeChips({ counts, chosen, onChoose }: TypeChipsProps) {
  const toggle = (type: string) => {
    const next = new Set(chosen)
    if (!next.delete(type)) next.add(type)
    onChoose(next)
  }
  return (
    <fieldset className={styles.chips}>
      <legend className={styles.unseen}>Types of events shown</legend>
      {eventTypes.map((type) => (
        <button
          key={type}
          type="button"
          className={styles.chip}
          aria-pressed={chosen.has(type)}
          onClick={() => toggle(type)}
        >
          <span className={styles.mark} data-type={type} aria-hidden="true" />
          {type} <span className={styles.count}>{formatCount(counts.get(type) ?? 0)}</span>
        </button>
      ))}
    </fieldset>
  )
}
