/** How much of a run is kept. */
export interface PayloadBounds {
  /** The most entries of `partials`. 10,000 by default. */
  readonly maxPartials?: number | undefined
  /** The most characters of JSON that they may have together. 10 MiB by default. */
  readonly maxPartialsSize?: number | undefined
}

export interface Payloads {
  clear(): void
  setPartial(payload: unknown, size: number): void
  addDelta(payload: unknown, size: number): void
  /** Copies that nobody changes. */
  copy(): {
    readonly partials: readonly unknown[]
    readonly partial: unknown
    readonly deltas: readonly unknown[]
    /** How many deltas went to keep the bounds. */
    readonly droppedPartials: number
  }
}

/**
 * The latest `partial` and the deltas after it, within bounds: past them the oldest deltas go, the partial
 * never.
 */
export function createPayloads(bounds: PayloadBounds): Payloads {
  const { maxPartials = 10_000, maxPartialsSize = 10_485_760 } = bounds
  let partials: unknown[] = []
  let deltas: unknown[] = []
  let sizes: number[] = []
  let size = 0
  let dropped = 0

  function clear(): void {
    partials = []
    deltas = []
    sizes = []
    size = dropped = 0
  }

  return {
    clear,
    setPartial(payload, partialSize) {
      clear()
      partials = [payload]
      size = partialSize
    },
    addDelta(payload, deltaSize) {
      deltas.push(payload)
      sizes.push(deltaSize)
      size += deltaSize
      const most = maxPartials - partials.length
      while (sizes.length > 0 && (sizes.length > most || size > maxPartialsSize)) {
        // Moving ten thousand pointers costs a few microseconds.
        deltas.shift()
        size -= sizes.shift() as number
        dropped++
      }
    },
    copy() {
      return {
        partials: Object.freeze(partials.concat(deltas)),
        partial: partials[0],
        deltas: Object.freeze([...deltas]),
        droppedPartials: dropped,
      }
    },
  }
}
