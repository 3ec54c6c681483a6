import type { Run } from "@runstream/client"
import { formatCount } from "../../shared/format/numbers.ts"
import { formatMoment, formatSpan } from "../../shared/format/times.ts"
import { stateNames } from "../../shared/ui/StateBadge.tsx"
import type { EventLog } from "../events/eventLog.ts"
import styles from "./RunTimeline.module.css"
import { holesOf, spansOf } from "./timeline.ts"

export interface RunTimelineProps {
  readonly run: Run | undefined
  readonly log: EventLog
  readonly now: number
}

const percent = (part: number) => `${(part * 100).toFixed(3)}%`

/** Two strips: the run's states over its time, and its events by number with the gaps among them. */
export function RunTimeline({ run, log, now }: RunTimelineProps) {
  if (!run) return <div className={styles.timeline} />
  const spans = spansOf(run, log.story.steps, now)
  const holes = holesOf(log.store.gaps, log.lastSeq)
  const missed = holes.reduce((sum, { events }) => sum + events, 0)
  return (
    <div className={styles.timeline}>
      <ol className={styles.strip} aria-label="States over time">
        {spans.map(({ state, attempt, from, to, milliseconds }) => (
          <li
            key={`${from} ${state}`}
            className={`${styles.span} ${styles[state]}`}
            style={{ left: percent(from), width: percent(to - from) }}
            title={`${stateNames[state]} for ${formatSpan(milliseconds)}, attempt ${attempt}`}
            data-state={state}
          >
            <span>
              {stateNames[state]} {formatSpan(milliseconds)}
            </span>
          </li>
        ))}
      </ol>
      <ol
        className={styles.events}
        aria-label={
          missed > 0
            ? `Events: ${formatCount(missed)} of ${formatCount(log.lastSeq)} are not held`
            : "Events: all were received"
        }
      >
        {holes.map(({ from, to, events }) => (
          <li
            key={from}
            className={styles.hole}
            style={{ left: percent(from), width: percent(to - from) }}
            title={`${formatCount(events)} events missing`}
          />
        ))}
      </ol>
      <p className={styles.legend}>
        <span>{formatMoment(run.createdAt)}</span>
        <span>
          {formatCount(log.lastSeq)} {log.lastSeq === 1 ? "event" : "events"}
          {missed > 0 && `, ${formatCount(missed)} missing`}
        </span>
        <span>{run.endedAt ? formatMoment(run.endedAt) : "now"}</span>
      </p>
    </div>
  )
}
