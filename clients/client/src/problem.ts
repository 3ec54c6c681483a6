import { RunstreamError } from "./error.js"
import { retryAfterSeconds } from "./sse/retryAfter.js"

/**
 * Reads an answer that is no success: a problem+json (RFC 9457) where it is one, else only its status.
 */
export async function problemOf(response: Response): Promise<RunstreamError> {
  const { status, headers } = response
  // A body that is no problem, or breaks off, takes nothing from what the status says.
  const problem = await response.json().catch(() => {})
  const { code = "http-error", detail, errors = [] } = problem ?? {}
  return new RunstreamError(code, detail ?? `HTTP ${status}`, {
    status,
    retryAfter: retryAfterSeconds(headers.get("retry-after") ?? ""),
    errors,
  })
}
