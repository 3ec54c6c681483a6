import type { ReactNode } from "react"
import styles from "./RunBar.module.css"

export interface NoticeProps {
  readonly tone: "warn" | "bad" | "plain"
  readonly children: ReactNode
}

/** A line about the run, shown only while it is true. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div className={styles.notice} data-tone={tone}>
      {children}
    </div>
  )
}
