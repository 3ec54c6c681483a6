import styles from "./Results.module.css"

const bars = [6, 14, 26, 40, 56, 72, 84, 90, 86, 76, 64, 52, 42, 34, 26, 20, 15, 11, 8, 6, 5, 3]

/** Where charts will be. */
export function Ghosts() {
  return (
    <div className={styles.ghosts} aria-hidden="true">
      <div className={styles.ghost}>
        <svg viewBox="0 0 220 100" preserveAspectRatio="none" aria-hidden="true">
          {bars.map((height, at) => (
            <rect
              key={at * 10}
              x={at * 10}
              y={100 - height}
              width="9"
              height={height}
              rx="1"
              fill="currentColor"
            />
          ))}
        </svg>
      </div>
      <div className={styles.ghost}>
        <svg viewBox="0 0 220 100" preserveAspectRatio="none" aria-hidden="true">
          <path
            d="M0 45 C40 80 70 92 100 84 S170 40 220 2 L220 74 C170 86 130 98 100 96 S40 90 0 45Z"
            fill="currentColor"
            opacity="0.5"
          />
          <path
            d="M0 45 C40 84 70 95 100 90 S170 66 220 34"
            fill="none"
            stroke="currentColor"
            strokeWidth="3"
          />
        </svg>
      </div>
    </div>
  )
}
