import { Component, type ReactNode } from "react"
import { Button } from "./Button.tsx"
import styles from "./ErrorBoundary.module.css"

interface State {
  readonly error: Error | null
}

/** Shows what went wrong, where the page would go blank. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: Error): State {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <main className={styles.broken} role="alert">
        <h1>This page broke</h1>
        <p>{error.message}</p>
        <Button tone="primary" onClick={() => location.reload()}>
          Load it again
        </Button>
      </main>
    )
  }
}
