import { type KeyboardEvent, useRef } from "react"
import { formatCount } from "../../shared/format/numbers.ts"
import { IconButton } from "../parts/IconButton.tsx"
import { ChevronIcon } from "../parts/icons.tsx"
import { useKeys } from "../parts/useKeys.ts"
import styles from "./SearchBox.module.css"

export interface SearchBoxProps {
  readonly text: string
  /** Which match is shown, from 0; -1 for none. */
  readonly match: number
  readonly matches: number
  onText(text: string): void
  onMatch(match: number): void
}

/** Looks for a text in the events' data: "3 of 41". Enter goes to the next one, with Shift to the one before. */
export function SearchBox({ text, match, matches, onText, onMatch }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null)
  const go = (step: number) => {
    if (matches > 0) onMatch((match + step + matches) % matches)
  }
  useKeys(({ key }) => {
    if (key !== "/") return false
    input.current?.focus()
    return true
  })
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1)
    if (event.key === "Escape") onText("")
  }
  return (
    <search className={styles.search}>
      <input
        ref={input}
        type="search"
        aria-label="Search in the data"
        placeholder="Search in the data  /"
        value={text}
        onChange={({ target }) => onText(target.value)}
        onKeyDown={press}
      />
      {text.trim() && (
        <>
          <output aria-live="polite">
            {matches > 0 ? `${formatCount(match + 1)} of ${formatCount(matches)}` : "none"}
          </output>
          <IconButton label="Previous match" disabled={matches === 0} onClick={() => go(-1)}>
            <span className={styles.up}>
              <ChevronIcon />
            </span>
          </IconButton>
          <IconButton label="Next match" disabled={matches === 0} onClick={() => go(1)}>
            <span className={styles.down}>
              <ChevronIcon />
            </span>
          </IconButton>
        </>
      )}
    </search>
  )
}
