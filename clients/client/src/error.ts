/** One fault of an input, as a problem names it. */
export interface FieldError {
  /** A dotted path such as `stages.2.graduation`; empty for the whole. */
  readonly field: string
  readonly message: string
}

export interface RunstreamErrorInit {
  readonly code: string
  readonly status?: number | undefined
  readonly retryAfter?: number | null | undefined
  readonly errors?: readonly FieldError[] | undefined
  readonly cause?: unknown
}

/**
 * What went wrong with a request or a connection. Neither the message nor any field holds a header or a
 * token.
 *
 * The codes are those of the server's problems, and our own: `unreachable` (no answer), `timeout`,
 * `connection-lost`, `http-error` (an answer that is no problem), `wrong-content-type`, `no-body`,
 * `invalid-url`, `invalid-headers`, `headers-failed`, `end-missed`.
 */
export class RunstreamError extends Error {
  override readonly name = "RunstreamError"
  readonly code: string
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
  /** The seconds that the server asks to wait; null where it asks for none. */
  readonly retryAfter: number | null
  readonly errors: readonly FieldError[]

  constructor(message: string, init: RunstreamErrorInit) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause })
    this.code = init.code
    this.status = init.status ?? 0
    this.retryAfter = init.retryAfter ?? null
    this.errors = init.errors ?? []
  }
}

/** Codes of ours that will not pass by themselves, though no status says so. */
const fatalCodes = ["wrong-content-type", "no-body", "invalid-url", "invalid-headers", "end-missed"]

/** Whether the same request may succeed later. */
export function isRetriable(error: RunstreamError): boolean {
  const { status, code } = error
  if (fatalCodes.includes(code)) return false
  return status === 0 || status >= 500 || status === 408 || status === 425 || status === 429
}
