import type { ButtonHTMLAttributes } from "react"
import styles from "./IconButton.module.css"

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does: read aloud, and shown where the pointer rests. */
  readonly label: string
  readonly tone?: "plain" | "danger" | "done"
}

export function IconButton({ label, tone = "plain", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={`${styles.button} ${styles[tone]}`}
    />
  )
}
