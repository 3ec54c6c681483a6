import type { ButtonHTMLAttributes } from "react"
import styles from "./Button.module.css"

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** How much it asks to be pressed: one `primary` on a screen. */
  readonly tone?: "primary" | "plain" | "quiet" | "danger"
  readonly size?: "small" | "medium"
}

export function Button({ tone = "plain", size = "medium", className, ...rest }: ButtonProps) {
  const names = [styles.button, styles[tone], styles[size], className].filter(Boolean).join(" ")
  return <button type="button" {...rest} className={names} />
}
