/** The runs that are compared with the one shown, as the address names them. */

/** How many runs can be pinned. */
export const mostPins = 3

export function pinsIn(address: URL): readonly string[] {
  return [...new Set(address.searchParams.getAll("pin"))].filter(Boolean).slice(0, mostPins)
}

/** The pins with this one added at the end, or taken away; one too many lets the oldest go. */
export function togglePin(pins: readonly string[], runId: string): readonly string[] {
  return pins.includes(runId)
    ? pins.filter((pin) => pin !== runId)
    : [...pins, runId].slice(-mostPins)
}
