import type { Run } from "@runstream/client"
import type { ReactNode } from "react"
import { formatBytes, formatCount } from "../../shared/format/numbers.ts"
import { formatMoment, formatSpan } from "../../shared/format/times.ts"
import { durationOf, seqOf } from "../runStates.ts"
import styles from "./RunFacts.module.css"

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const moment = (at: string | null | undefined) => (at ? formatMoment(at) : "–")

/** What the server says of the run. */
export function RunFacts({ run, now }: { readonly run: Run | undefined; readonly now: number }) {
  const duration = run ? durationOf(run, now) : null
  return (
    <dl className={styles.facts}>
      <Fact name="Created">{moment(run?.createdAt)}</Fact>
      <Fact name="Started">{moment(run?.startedAt)}</Fact>
      <Fact name="Ended">{moment(run?.endedAt)}</Fact>
      <Fact name="Duration">{duration === null ? "–" : formatSpan(duration)}</Fact>
      <Fact name="Attempt">{run?.attempt ?? "–"}</Fact>
      <Fact name="Readers">{formatCount(run?.readers)}</Fact>
      <Fact name="Events">{formatCount(run && Number(seqOf(run.lastEventId)))}</Fact>
      <Fact name="Bytes held">
        {formatBytes(run?.bufferedBytes)} of {formatBytes(run?.bytes)}
      </Fact>
      <Fact name="On disconnect">
        {run?.onDisconnect === "cancel" ? "is cancelled" : "continues"}
      </Fact>
    </dl>
  )
}
