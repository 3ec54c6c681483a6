/** What stands in the list of a run's events. `key` counts up and is never used again. */
export type Row = EventRow | GapRow | NoteRow

export const eventTypes = ["status", "delta", "partial", "complete", "error"] as const
export type EventType = (typeof eventTypes)[number]

export interface EventRow {
  readonly kind: "event"
  readonly key: number
  readonly id: string
  readonly seq: number
  readonly type: string
  /** Bytes of the data, as the server counts them. */
  readonly size: number
  /** The data as it came. */
  readonly raw: string
}

/** Events that will not come; both ends are part of it. */
export interface GapRow {
  readonly kind: "gap"
  readonly key: number
  readonly from: number
  readonly to: number
  /** `dropped`: this page had them, and let them go to stay small. */
  readonly reason: "missed" | "oversized" | "dropped"
}

/** What happened to the connection between two events. */
export interface NoteRow {
  readonly kind: "note"
  readonly key: number
  readonly text: string
}

/** How many bytes a text is in UTF-8. */
export function utf8Size(text: string): number {
  let size = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    // Half of a surrogate pair, which is four bytes together, or three bytes, or two.
    size += unit >= 0xd800 && unit < 0xe000 ? 1 : unit >= 0x800 ? 2 : 1
  }
  return size
}
