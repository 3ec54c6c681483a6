import type { ReactNode } from "react"
import styles from "./AppFrame.module.css"
import { ThemeSwitch } from "./ThemeSwitch.tsx"

export interface AppFrameProps {
  /** Which of the two pages this is. */
  readonly current: "wizard" | "console"
  /** In the bar, before the switch of colours. */
  readonly tools?: ReactNode
  readonly children: ReactNode
}

/** The bar that both pages have, and the page's content below it. */
export function AppFrame({ current, tools, children }: AppFrameProps) {
  return (
    <>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <header className={styles.bar}>
        <a className={styles.brand} href="/">
          <img src="/runstream.svg" width="24" height="24" alt="" />
          <span>Runstream</span>
        </a>
        <nav className={styles.pages} aria-label="Pages">
          <a href="/" aria-current={current === "wizard" ? "page" : undefined}>
            Fund
          </a>
          <a href="/console" aria-current={current === "console" ? "page" : undefined}>
            Console
          </a>
        </nav>
        <div className={styles.tools}>
          {tools}
          <ThemeSwitch />
        </div>
      </header>
      <main id="content" className={styles.content} tabIndex={-1}>
        {children}
      </main>
    </>
  )
}
