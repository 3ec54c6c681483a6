import { useEffect, useState } from "react"
import { formatMultiple } from "../../shared/format/numbers.ts"
import { Announcer } from "../../shared/ui/Announcer.tsx"
import { useFund } from "../FundContext.tsx"
import { progressOf, quarterOf, stateWord } from "./words.ts"

/** Has a screen reader say when a quarter of the paths is done, and the end; not each update. */
export function Announcements() {
  const { run } = useFund()
  const progress = progressOf(run, run.report)
  const quarter = quarterOf(progress)
  const [text, setText] = useState("")
  const { isEnded, runId } = run
  const median = run.report?.metrics.netTvpi.p50
  const end = isEnded
    ? `${stateWord(run, progress)}. Median net TVPI ${formatMultiple(median)}.`
    : ""
  useEffect(() => {
    if (!runId) setText("")
    else if (isEnded) setText(end)
    else if (quarter > 0) setText(`${quarter}% of the paths are done.`)
  }, [runId, isEnded, end, quarter])
  useEffect(() => {
    const share =
      progress && progress.total > 0 ? Math.floor((100 * progress.done) / progress.total) : 0
    const state = isEnded ? stateWord(run, progress) : `${share}%`
    document.title = runId ? `${state} · Fund · Runstream` : "Runstream"
  })
  return <Announcer text={text} />
}
