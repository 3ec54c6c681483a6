import { type ReactNode, useId } from "react"
import styles from "./Card.module.css"

export interface CardProps {
  readonly title: string
  /** Beside the title, at the far end. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A titled region of a page. */
export function Card({ title, actions, children }: CardProps) {
  const id = useId()
  return (
    <section className={styles.card} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </section>
  )
}
