import { useEffect, useState } from "react"
import { poll } from "./poll.ts"

/** The time, every second while the page is seen; only that of the first render where nothing moves. */
export function useNow(isMoving = true): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => (isMoving ? poll(async () => setNow(Date.now()), 1000) : undefined), [isMoving])
  return now
}
