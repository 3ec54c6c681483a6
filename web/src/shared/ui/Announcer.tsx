import styles from "./Announcer.module.css"

/** Has a screen reader say the text when it changes. Nothing is seen of it. */
export function Announcer({ text }: { readonly text: string }) {
  return (
    <p className={styles.unseen} role="status" aria-live="polite">
      {text}
    </p>
  )
}
