/** How the server says it is. */
export type Readiness = "ready" | "draining" | "store-away" | "unreachable"

/** Asks the server whether it takes work. Never rejects. */
export async function askReadiness(signal: AbortSignal): Promise<Readiness> {
  try {
    const response = await fetch("/readyz", { signal, cache: "no-store" })
    if (response.ok) return "ready"
    const problem = (await response.json()) as { code?: string }
    return problem.code === "store-unavailable" ? "store-away" : "draining"
  } catch {
    return "unreachable"
  }
}
