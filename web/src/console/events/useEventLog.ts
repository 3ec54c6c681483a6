import { useEffect, useMemo, useSyncExternalStore } from "react"
import { basePath } from "../../shared/server/client.ts"
import { EventLog } from "./eventLog.ts"

/** Follows a run as long as the component is there, which is drawn anew when something came. */
export function useEventLog(runId: string): EventLog {
  const log = useMemo(
    () => new EventLog(`${location.origin}${basePath}/stream/${encodeURIComponent(runId)}`),
    [runId],
  )
  useEffect(() => {
    log.connect()
    return () => log.disconnect()
  }, [log])
  useSyncExternalStore(log.subscribe, log.getVersion)
  return log
}
