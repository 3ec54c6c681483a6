import { formatBytes, formatCount, formatShort } from "../../shared/format/numbers.ts"
import { formatSpan } from "../../shared/format/times.ts"
import { MetricTile } from "./MetricTile.tsx"
import { increaseOf } from "./rates.ts"
import styles from "./ServerHeader.module.css"
import type { ServerWatch } from "./useServerWatch.ts"

const formatRate = (value: number | undefined) =>
  value !== undefined && value < 10 ? formatCount(Math.round(value)) : formatShort(value)
const formatByteRate = (value: number | undefined) =>
  value === undefined ? "–" : formatBytes(Math.round(value))
const formatMilliseconds = (value: number | undefined) =>
  value === undefined ? "–" : `${value < 10 ? value.toFixed(1) : formatCount(value)} ms`

const stores: Readonly<Record<string, string>> = {
  sqlite: "SQLite",
  memory: "Memory",
  redis: "Redis",
}

/** The server's state and its measures of the last five minutes. */
export function ServerHeader({
  watch,
  now,
}: {
  readonly watch: ServerWatch
  readonly now: number
}) {
  const { points, latest } = watch.history
  const queued = points.at(-1)?.queued
  const budget = latest?.budgetBytes
  const slow = increaseOf(watch.history.readings[0]?.slowCuts, latest?.slowCuts) ?? 0
  return (
    <section className={styles.header} aria-labelledby="server-title">
      <div className={styles.facts}>
        <h2 id="server-title">Server</h2>
        {latest?.store && <span>Store {stores[latest.store] ?? latest.store}</span>}
        {latest?.startedAt && <span>Up {formatSpan(now - latest.startedAt)}</span>}
        <span className={styles.span}>The last five minutes</span>
      </div>
      <dl className={styles.tiles}>
        <MetricTile
          title="Connections"
          measure="connections"
          format={formatCount}
          points={points}
        />
        <MetricTile title="Clients" measure="clients" format={formatCount} points={points} />
        <MetricTile
          title="Events written / s"
          measure="eventsPerSecond"
          format={formatRate}
          points={points}
        />
        <MetricTile
          title="Bytes sent / s"
          measure="bytesPerSecond"
          format={formatByteRate}
          points={points}
          top={1024}
        />
        <MetricTile
          title="First byte, p95"
          measure="firstByteP95"
          format={formatMilliseconds}
          points={points}
        />
        <MetricTile
          title="Running"
          measure="running"
          second="queued"
          format={formatCount}
          points={points}
          note={queued === undefined ? undefined : `+ ${formatCount(queued)} queued`}
        />
        <MetricTile
          title={budget === undefined ? "Buffer" : `Buffer, of ${formatBytes(budget)}`}
          measure="bufferBytes"
          format={formatBytes}
          points={points}
          top={budget ?? 1}
          isAlarming={budget !== undefined && (latest?.bufferBytes ?? 0) > 0.9 * budget}
        />
        <MetricTile
          title="Slow readers cut"
          measure="slowCuts"
          format={formatCount}
          points={points}
          note={slow > 0 ? `${formatCount(slow)} of them now` : "since the start"}
          isAlarming={slow > 0}
        />
      </dl>
    </section>
  )
}
