import "./tokens.css"
import "./base.css"

/** What colours the reader asked for; `system` follows the browser. */
export type Theme = "system" | "light" | "dark"

const key = "runstream.theme"

export function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset
  return theme === "light" || theme === "dark" ? theme : "system"
}

/** Shows the page in these colours, now and at every later visit. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = theme
  try {
    localStorage.setItem(key, theme)
  } catch {
    // Storage is off: the choice holds for this page only.
  }
}

/** Shows the page in the colours of the last visit. */
export function restoreTheme(): void {
  try {
    const kept = localStorage.getItem(key)
    if (kept === "light" || kept === "dark") applyTheme(kept)
  } catch {
    // Storage is off.
  }
}
