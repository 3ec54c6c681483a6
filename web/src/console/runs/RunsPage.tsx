import type { Run } from "@runstream/client"
import { useId, useState } from "react"
import { navigate } from "../../shared/routing/location.ts"
import { Announcer } from "../../shared/ui/Announcer.tsx"
import { Button } from "../../shared/ui/Button.tsx"
import { filtersIn, listAddress } from "../addresses.ts"
import { ServerHeader } from "../metrics/ServerHeader.tsx"
import type { ServerWatch } from "../metrics/useServerWatch.ts"
import { CancelDialog } from "../parts/CancelDialog.tsx"
import { useNow } from "../useNow.ts"
import { EmptyRuns } from "./EmptyRuns.tsx"
import { KeyHints } from "./KeyHints.tsx"
import { NewRunsBar } from "./NewRunsBar.tsx"
import { RunFilters } from "./RunFilters.tsx"
import styles from "./RunsPage.module.css"
import { RunTable } from "./RunTable.tsx"
import { useRuns } from "./useRuns.ts"

/** The server, and the runs that match the address. */
export function RunsPage({
  watch,
  address,
}: {
  readonly watch: ServerWatch
  readonly address: URL
}) {
  const now = useNow()
  const title = useId()
  const filters = filtersIn(address)
  const runs = useRuns(filters)
  const [asked, setAsked] = useState<Run | null>(null)
  const [said, setSaid] = useState("")
  const isFiltered = filters.state !== undefined || filters.agent !== undefined
  const isEmpty = runs.isLoaded && runs.rows.length === 0

  return (
    <div className={styles.page}>
      <h1 className={styles.unseen}>Console</h1>
      <ServerHeader watch={watch} now={now} />
      <section className={styles.runs} aria-labelledby={title}>
        <div className={styles.head}>
          <h2 id={title}>Runs</h2>
          <RunFilters filters={filters} />
        </div>
        {runs.failure && (
          <p className={styles.failure} role="alert">
            The list could not be brought up to date: {runs.failure.message}. Trying again.
          </p>
        )}
        <NewRunsBar count={runs.waiting.length} onShow={runs.showWaiting} />
        {isEmpty && isFiltered && (
          <div className={styles.none}>
            <p>No run matches.</p>
            <Button onClick={() => navigate(listAddress())}>Show all runs</Button>
          </div>
        )}
        {isEmpty && !isFiltered && <EmptyRuns />}
        {!runs.isLoaded && !runs.failure && <p className={styles.none}>Loading…</p>}
        {runs.rows.length > 0 && (
          <RunTable
            runs={runs.rows}
            hasMore={runs.hasMore}
            now={now}
            isAsking={asked !== null}
            onNearEnd={runs.loadMore}
            onCancel={setAsked}
          />
        )}
        {runs.rows.length > 0 && <KeyHints />}
      </section>
      <CancelDialog
        run={asked}
        onClose={() => setAsked(null)}
        onCancelled={(run, state) => {
          runs.update({ ...run, state })
          setSaid(`Run ${run.runId} is ${state}`)
        }}
      />
      <Announcer text={said} />
    </div>
  )
}
