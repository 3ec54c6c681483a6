/** A tab's place in the line for one lock; whoever holds it leads. */
export interface Leadership {
  readonly isHeld: boolean
  /** Gives it to the next in line, where there is one, and stands in line again. */
  passOn(): Promise<void>
  /** Leaves the line, and leads no more. */
  leave(): void
}

/**
 * Stands in line for the lock of this name.
 *
 * @param lead called when it is this tab's turn
 * @param passed called when it has passed its turn on
 */
export function standInLine(name: string, lead: () => void, passed: () => void): Leadership {
  const left = new AbortController()
  /** Set while it is held. */
  let release: (() => void) | undefined

  function letGo(): void {
    release?.()
    release = undefined
  }

  function wait(): void {
    const hold = () =>
      new Promise<void>((resolve) => {
        // Its turn may have come just as it left.
        if (left.signal.aborted) return resolve()
        release = resolve
        lead()
      })
    navigator.locks.request(name, { signal: left.signal }, hold).catch(() => {})
  }
  wait()

  return {
    get isHeld() {
      return release !== undefined
    },
    async passOn() {
      const { pending = [] } = await navigator.locks.query()
      if (!release || !pending.some((lock) => lock.name === name)) return
      letGo()
      passed()
      wait()
    },
    leave() {
      left.abort()
      letGo()
    },
  }
}
