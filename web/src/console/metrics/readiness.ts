/** How the server says it is. */
export type Readiness =
  | "ready"
  | "draining"
  /** It was draining when it answered last: then it takes no new connection. */
  | "drained"
  | "store-away"
  | "refused"
  | "unreachable"

/** What an answer means after the one before. */
export function readinessAfter(before: Readiness | undefined, now: Readiness): Readiness {
  const wasDraining = before === "draining" || before === "drained"
  return wasDraining && now === "unreachable" ? "drained" : now
}

/** Asks the server whether it takes work. Never rejects; without an answer before the signal it is unreachable. */
export async function askReadiness(signal: AbortSignal): Promise<Readiness> {
  try {
    const response = await fetch("/readyz", { signal, cache: "no-store" })
    if (response.ok) return "ready"
    // By the server, or by a proxy that wants to know who asks.
    if (response.status === 401 || response.status === 403) return "refused"
    const { code } = (await response.json()) as { code?: string }
    if (code === "store-unavailable") return "store-away"
    return code === "overloaded" ? "draining" : "unreachable"
  } catch {
    return "unreachable"
  }
}
