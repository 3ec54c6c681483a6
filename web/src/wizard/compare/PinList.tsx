import { formatCount, formatMoney, formatMultiple } from "../../shared/format/numbers.ts"
import { Link } from "../../shared/routing/Link.tsx"
import { navigate, useAddress } from "../../shared/routing/location.ts"
import { runIdIn, wizardAddress } from "../../shared/routing/runAddress.ts"
import { Button } from "../../shared/ui/Button.tsx"
import type { Series } from "../results/series.ts"
import styles from "./Compare.module.css"
import { isSameSeed } from "./difference.ts"
import { pinsIn, togglePin } from "./pins.ts"
import type { Pinned } from "./usePinned.ts"

export interface PinListProps {
  readonly pinned: readonly Pinned[]
  readonly current: Series | undefined
}

export function PinList({ pinned, current }: PinListProps) {
  const address = useAddress()
  const unpin = (runId: string) =>
    navigate(wizardAddress(runIdIn(address), togglePin(pinsIn(address), runId)), { replace: true })
  return (
    <ul className={styles.pins}>
      {pinned.map((pin) => (
        <li key={pin.runId} className={styles.pin}>
          <svg width="12" height="12" aria-hidden="true">
            <rect width="12" height="12" rx="3" fill={pin.colour} />
          </svg>
          <strong>{pin.letter}</strong>
          <Link href={wizardAddress(pin.runId, pinsIn(address))}>{nameOf(pin)}</Link>
          {current &&
            pin.report &&
            current.runId !== pin.runId &&
            isSameSeed(current.report, pin.report) && (
              <span className={styles.badge}>same seed</span>
            )}
          {current?.runId === pin.runId && <span className={styles.badge}>this run</span>}
          {pin.source === "kept" && <span className={styles.badge}>only in this browser</span>}
          <Button
            size="small"
            tone="quiet"
            onClick={() => unpin(pin.runId)}
            aria-label={`Unpin ${pin.letter}`}
          >
            Unpin
          </Button>
        </li>
      ))}
    </ul>
  )
}

function nameOf({ report, snapshot, runId }: Pinned): string {
  if (report) {
    return `${formatMoney(report.input.fund.size)} · ${formatMultiple(report.metrics.netTvpi.p50)} · ${formatCount(report.paths)} paths`
  }
  return snapshot.error ? `${runId}: ${snapshot.error.message}` : runId
}
