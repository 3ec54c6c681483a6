import styles from "./KeyHints.module.css"

const hints = [
  [["j", "k"], "next, previous"],
  [["Enter"], "open"],
  [["c"], "cancel"],
] as const

/** Which keys there are. */
export function KeyHints() {
  return (
    <p className={styles.hints}>
      {hints.map(([keys, meaning]) => (
        <span key={meaning}>
          {keys.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}{" "}
          {meaning}
        </span>
      ))}
    </p>
  )
}
