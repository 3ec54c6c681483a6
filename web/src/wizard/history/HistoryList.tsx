import {
  formatCount,
  formatMoney,
  formatMultiple,
  formatPercent,
} from "../../shared/format/numbers.ts"
import { formatMoment } from "../../shared/format/times.ts"
import { Link } from "../../shared/routing/Link.tsx"
import { navigate, useAddress } from "../../shared/routing/location.ts"
import { runIdIn, wizardAddress } from "../../shared/routing/runAddress.ts"
import { Button } from "../../shared/ui/Button.tsx"
import { pinsIn, togglePin } from "../compare/pins.ts"
import styles from "./History.module.css"
import { type ListedResult, useKeptResults } from "./useKeptResults.ts"

/** The kept results, each to open, pin or delete. */
export function HistoryList({ onLeave }: { onLeave(): void }) {
  const { results, isKeeping, drop } = useKeptResults()
  if (!isKeeping)
    return <p className={styles.about}>None: this browser does not let the page keep anything.</p>
  if (!results) return <p className={styles.about}>Looking…</p>
  if (results.length === 0)
    return (
      <p className={styles.about}>None yet. A result is kept here as soon as its run has ended.</p>
    )
  return (
    <ul className={styles.list}>
      {results.map((result) => (
        <HistoryItem
          key={result.runId}
          result={result}
          onLeave={onLeave}
          onDrop={() => drop(result.runId)}
        />
      ))}
    </ul>
  )
}

interface HistoryItemProps {
  readonly result: ListedResult
  onLeave(): void
  onDrop(): void
}

function HistoryItem({ result, onLeave, onDrop }: HistoryItemProps) {
  const address = useAddress()
  const pins = pinsIn(address)
  const { runId, report, keptAt, isOnServer } = result
  const { netTvpi, netIrr } = report.metrics
  const isPinned = pins.includes(runId)
  const pin = () =>
    navigate(wizardAddress(runIdIn(address), togglePin(pins, runId)), { replace: true })
  const name = `${formatMoney(report.input.fund.size)} · ${formatMultiple(netTvpi.p50)} · ${formatPercent(netIrr.p50)}`
  return (
    <li className={styles.item}>
      <div className={styles.facts}>
        <Link href={wizardAddress(runId, pins)} onClick={onLeave}>
          {name}
        </Link>
        <span className={styles.more}>
          {formatCount(report.paths)}{" "}
          {report.paths < report.total ? `of ${formatCount(report.total)} ` : ""}paths ·{" "}
          {formatMoment(keptAt)}
        </span>
      </div>
      {isOnServer !== null && (
        <span className={isOnServer ? styles.there : styles.here}>
          {isOnServer ? "on the server" : "only in this browser"}
        </span>
      )}
      <Button
        size="small"
        className={styles.pin ?? ""}
        aria-pressed={isPinned}
        aria-label={`${isPinned ? "Unpin" : "Pin"} ${name}`}
        onClick={pin}
      >
        {isPinned ? "Pinned" : "Pin"}
      </Button>
      <Button size="small" tone="danger" aria-label={`Delete ${name}`} onClick={onDrop}>
        Delete
      </Button>
    </li>
  )
}
