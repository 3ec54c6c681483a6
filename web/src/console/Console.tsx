import { useEffect } from "react"
import { useAddress } from "../shared/routing/location.ts"
import { AppFrame } from "../shared/ui/AppFrame.tsx"
import { runIdIn } from "./addresses.ts"
import { ReadinessBadge } from "./metrics/ReadinessBadge.tsx"
import { useServerWatch } from "./metrics/useServerWatch.ts"
import { RunPage } from "./run/RunPage.tsx"
import { RunsPage } from "./runs/RunsPage.tsx"

/** The console: all runs, or the one that the address names. */
export function Console() {
  const address = useAddress()
  const runId = runIdIn(address)
  const watch = useServerWatch()
  useEffect(() => {
    document.title = `${runId ? `Run ${runId}` : "Runs"} · Runstream`
  }, [runId])
  return (
    <AppFrame current="console" tools={<ReadinessBadge readiness={watch.readiness} />}>
      {runId ? (
        <RunPage key={runId} runId={runId} address={address} />
      ) : (
        <RunsPage watch={watch} address={address} />
      )}
    </AppFrame>
  )
}
