/** The addresses of the pages. A run's id is part of the path, as it may stand there. */

export function wizardAddress(runId: string | null, pins: readonly string[] = []): string {
  const path = runId ? `/run/${encodeURIComponent(runId)}` : "/"
  return pins.length > 0
    ? `${path}?${pins.map((pin) => `pin=${encodeURIComponent(pin)}`).join("&")}`
    : path
}

/** A run on the console. */
export function consoleAddress(runId: string): string {
  return `/console/run/${encodeURIComponent(runId)}`
}

/** The run that an address of the wizard names. */
export function runIdIn({ pathname }: URL): string | null {
  const [, encoded] = /^\/run\/([^/]+)\/?$/.exec(pathname) ?? []
  if (!encoded) return null
  try {
    return decodeURIComponent(encoded)
  } catch {
    return null
  }
}
