import { type RefObject, useLayoutEffect, useRef, useState } from "react"

/** This near to the end counts as at the end, in pixels. */
const nearPx = 24

export interface Follow {
  /** Whether the end is kept in sight. */
  readonly isOn: boolean
  /** How many rows have come since it was paused. */
  readonly news: number
  pause(): void
  resume(): void
  onScroll(): void
}

/** Keeps the end of a list in sight, until the reader scrolls up; at the end it goes on. */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  toEnd: () => void,
): Follow {
  const [pausedAt, setPausedAt] = useState<number | null>(null)
  const last = useRef({ top: 0, height: 0 })
  const isOn = pausedAt === null

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new row is a reason
  useLayoutEffect(() => {
    if (isOn && count > 0) toEnd()
  }, [isOn, count])

  return {
    isOn,
    news: isOn ? 0 : Math.max(0, count - pausedAt),
    pause: () => setPausedAt((before) => before ?? count),
    resume: () => setPausedAt(null),
    onScroll() {
      const element = scroller.current
      if (!element) return
      const { scrollTop, scrollHeight, clientHeight } = element
      const before = last.current
      last.current = { top: scrollTop, height: scrollHeight }
      const isAtEnd = scrollHeight - scrollTop - clientHeight < nearPx
      if (isAtEnd) setPausedAt(null)
      // A list that shrank has moved by itself.
      else if (scrollTop < before.top && scrollHeight >= before.height) {
        setPausedAt((paused) => paused ?? count)
      }
    },
  }
}
