import { type FieldError, RunstreamError } from "./error.js"
import { retryAfterMs } from "./sse/retryAfter.js"

/**
 * Reads an answer that is no success: a problem+json (RFC 9457) where it is one, else only its status.
 */
export async function problemOf(response: Response): Promise<RunstreamError> {
  const { status, headers } = response
  const wait = retryAfterMs(headers.get("retry-after"))
  let problem: { code?: unknown; detail?: unknown; title?: unknown; errors?: unknown } = {}
  try {
    if (/json/.test(headers.get("content-type") ?? "")) problem = (await response.json()) ?? {}
    else await response.body?.cancel()
  } catch {
    // A body that breaks off takes nothing from what the status says.
  }
  const { code, detail, title, errors } = problem
  return new RunstreamError(String(detail ?? title ?? `The server answered ${status}`), {
    code: typeof code === "string" ? code : "http-error",
    status,
    retryAfter: wait === undefined ? null : wait / 1000,
    errors: Array.isArray(errors) ? (errors as FieldError[]) : [],
  })
}
