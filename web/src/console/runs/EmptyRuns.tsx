import type { RunstreamError } from "@runstream/client"
import { useState } from "react"
import { navigate } from "../../shared/routing/location.ts"
import { client } from "../../shared/server/client.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { CopyButton } from "../../shared/ui/CopyButton.tsx"
import { curlToStart, runAddress } from "../addresses.ts"
import styles from "./EmptyRuns.module.css"

const example = { agent: "fund-scenario", input: { paths: 1_000_000 } }

/** What there is to do on a server that has had no run yet. */
export function EmptyRuns() {
  const [failure, setFailure] = useState("")
  const [isStarting, setStarting] = useState(false)
  const start = async () => {
    setStarting(true)
    try {
      const { runId } = await client.startRun(example)
      navigate(runAddress(runId))
    } catch (error) {
      setFailure((error as RunstreamError).message)
      setStarting(false)
    }
  }
  return (
    <div className={styles.empty}>
      <h3>No runs yet</h3>
      <p>Start the example, a simulation of a venture fund, and watch its events arrive.</p>
      <Button tone="primary" onClick={start} disabled={isStarting}>
        {isStarting ? "Starting…" : "Start the example"}
      </Button>
      {failure && (
        <p className={styles.failure} role="alert">
          Not started: {failure}
        </p>
      )}
      <p>Or from a terminal:</p>
      <div className={styles.command}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so must the keyboard */}
        <pre tabIndex={0}>{curlToStart()}</pre>
        <CopyButton text={curlToStart} />
      </div>
    </div>
  )
}
