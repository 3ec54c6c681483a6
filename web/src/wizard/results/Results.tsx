import { lazy, Suspense, useEffect, useMemo } from "react"
import { Compare } from "../compare/Compare.tsx"
import { usePinned } from "../compare/usePinned.ts"
import { useFund } from "../FundContext.tsx"
import { Announcements } from "../run/Announcements.tsx"
import { ConnectionLine } from "../run/ConnectionLine.tsx"
import { RunBar } from "../run/RunBar.tsx"
import { RunNotice } from "../run/RunNotice.tsx"
import { EmptyResults } from "./EmptyResults.tsx"
import { Ghosts } from "./Ghosts.tsx"
import { KeyFigures } from "./KeyFigures.tsx"
import styles from "./Results.module.css"
import type { Series } from "./series.ts"
import { WaitingResults } from "./WaitingResults.tsx"

const loadFigures = () => import("./Figures.tsx")
const Figures = lazy(loadFigures)

/** The run, and what it has come to so far. */
export function Results() {
  const { run } = useFund()
  const pinned = usePinned()
  // Once the page stands, so that they are there when the first report is.
  useEffect(() => void loadFigures(), [])
  const { runId, report } = run
  // biome-ignore lint/correctness/useExhaustiveDependencies: new with each report, which is all that counts of a pin
  const series = useMemo<readonly Series[]>(() => {
    const own =
      runId && report ? [{ runId, name: "This run", colour: "var(--series-1)", report }] : []
    const others = pinned.flatMap((pin) =>
      pin.report && pin.runId !== runId
        ? [{ runId: pin.runId, name: pin.letter, colour: pin.colour, report: pin.report }]
        : [],
    )
    return [...own, ...others]
  }, [runId, report, ...[0, 1, 2].map((at) => pinned[at]?.report), pinned.length])

  if (!runId && series.length === 0) {
    return (
      <>
        <Announcements />
        <EmptyResults />
      </>
    )
  }
  return (
    <div className={styles.results}>
      <Announcements />
      {runId && <RunBar />}
      <ConnectionLine />
      <RunNotice />
      {series.length === 0 ? (
        <WaitingResults />
      ) : (
        <>
          <KeyFigures series={series} />
          {pinned.length > 0 && <Compare series={series} pinned={pinned} />}
          <Suspense fallback={<Ghosts />}>
            <Figures series={series} />
          </Suspense>
        </>
      )}
    </div>
  )
}
