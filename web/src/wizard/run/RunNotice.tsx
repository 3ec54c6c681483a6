import { consoleAddress } from "../../shared/routing/runAddress.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { type FundRun, useFund } from "../FundContext.tsx"
import { fromInput } from "../fund/inputJson.ts"
import type { Fund } from "../fund/types.ts"
import { Notice } from "./Notice.tsx"

/** The fund that a run was of, with the seed that it used, if that is known. */
function fundOf({ report }: FundRun, currentFund: Fund): Fund {
  return report ? fromInput({ ...report.input, seed: report.seed } as never).fund : currentFund
}

/** What became of a run that did not simply go on: a restart, a failure, or that nobody knows it any more. */
export function RunNotice() {
  const { run, currentFund } = useFund()
  const { status, error, runAttempt, source } = run
  const again = (
    <Button size="small" onClick={() => run.start(fundOf(run, currentFund))}>
      {run.report ? "Run again, same seed" : "Run again"}
    </Button>
  )
  if (source === "kept") {
    return (
      <Notice tone="plain">
        <p>The server has forgotten this run. This is its result as this browser kept it.</p>
        {again}
      </Notice>
    )
  }
  if (error?.source === "connection") return <Lost run={run} />
  if (run.isForeign && run.runId) {
    return (
      <Notice tone="plain">
        <p>
          This is a run of another agent.{" "}
          <a href={consoleAddress(run.runId)}>See it in the console</a>
        </p>
      </Notice>
    )
  }
  if (error?.source === "run") {
    const isRestart = error.code === "worker-lost"
    return (
      <Notice tone="bad">
        <p role="alert">
          {isRestart ? "The server restarted while it worked." : `The run failed. ${error.message}`}
        </p>
        {again}
      </Notice>
    )
  }
  const isAgain = (runAttempt ?? 1) > 1 || status === "retrying"
  if (isAgain && (status === "running" || status === "retrying")) {
    return (
      <Notice tone="plain">
        <p role="status">
          The server restarted while it worked. It runs again by itself, with the same seed.
        </p>
      </Notice>
    )
  }
  return null
}

function Lost({ run }: { readonly run: FundRun }) {
  const { error } = run
  if (error?.source !== "connection") return null
  const isUnknown = error.status === 404
  return (
    <Notice tone="bad">
      <p role="alert">
        {isUnknown
          ? "The server knows no such run: it keeps an ended one for a day, unless told otherwise."
          : `This run cannot be followed. ${error.message}`}
      </p>
      {!isUnknown && (
        <Button size="small" onClick={run.reconnect}>
          Try again
        </Button>
      )}
    </Notice>
  )
}
