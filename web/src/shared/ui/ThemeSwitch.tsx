import { useState } from "react"
import { applyTheme, currentTheme, type Theme } from "../theme/theme.ts"
import { Button } from "./Button.tsx"
import styles from "./ThemeSwitch.module.css"

const next: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" }
const names: Record<Theme, string> = { system: "Auto", light: "Light", dark: "Dark" }

/** Goes round the three choices of colours. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme)
  const turn = () => {
    applyTheme(next[theme])
    setTheme(next[theme])
  }
  return (
    <Button
      tone="quiet"
      size="small"
      onClick={turn}
      aria-label={`Colours: ${names[theme]}. Change to ${names[next[theme]]}`}
      title="Change colours"
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
      </svg>
      <span className={styles.name}>{names[theme]}</span>
    </Button>
  )
}
