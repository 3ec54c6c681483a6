import type { Run, RunstreamError } from "@runstream/client"
import { useEffect, useState } from "react"
import { client } from "../../shared/server/client.ts"
import { inTime } from "../inTime.ts"
import { poll } from "../poll.ts"
import { isRunEnd } from "../runStates.ts"

const pollMs = 2_000

export interface RunLook {
  readonly run: Run | undefined
  /** The server does not know the run. */
  readonly isUnknown: boolean
  /** Why the latest look failed, unless the run is unknown. */
  readonly failure: RunstreamError | undefined
}

/**
 * What the server says of a run, every two seconds as long as it has not ended.
 *
 * @param streamState the state that the run's stream told last: a new one is looked at at once
 */
export function useRun(runId: string, streamState: string | undefined): RunLook {
  const [look, setLook] = useState<RunLook>({
    run: undefined,
    isUnknown: false,
    failure: undefined,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new state asks for a new look
  useEffect(() => {
    const stop = poll(async (signal) => {
      try {
        const run = await client.getRun(runId, { signal: inTime(signal), retries: 0 })
        if (signal.aborted) return
        setLook({ run, isUnknown: false, failure: undefined })
        if (isRunEnd(run.state)) stop()
      } catch (error) {
        if (signal.aborted) return
        const failure = error as RunstreamError
        if (failure.status !== 404) return setLook((before) => ({ ...before, failure }))
        setLook((before) => ({ ...before, isUnknown: true, failure: undefined }))
        stop()
      }
    }, pollMs)
    return stop
  }, [runId, streamState])
  return look
}
