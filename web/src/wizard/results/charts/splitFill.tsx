import type { ReactElement } from "react"

/** A fill that tells the part of an axis below a value from the rest. */
export function splitFill(
  id: string,
  start: number,
  end: number,
  at: number,
  colour: string,
): ReactElement {
  const offset = Math.min(1, Math.max(0, (at - start) / (end - start)))
  return (
    <linearGradient id={id} x1="0" x2="1" y1="0" y2="0">
      <stop offset={0} stopColor="var(--text-faint)" stopOpacity={0.3} />
      <stop offset={offset} stopColor="var(--text-faint)" stopOpacity={0.3} />
      <stop offset={offset} stopColor={colour} stopOpacity={0.38} />
      <stop offset={1} stopColor={colour} stopOpacity={0.38} />
    </linearGradient>
  )
}
