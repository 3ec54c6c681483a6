/** One fault of an input, as a problem names it. */
export interface FieldError {
  /** A dotted path such as `stages.2.graduation`; empty for the whole. */
  readonly field: string
  readonly message: string
}

export interface RunstreamErrorOptions {
  readonly status?: number
  readonly retryAfter?: number | null
  readonly errors?: readonly FieldError[]
  readonly cause?: unknown
}

/**
 * What went wrong with a request or a connection. Neither the message nor any field holds a header or a
 * token.
 */
export class RunstreamError extends Error {
  override readonly name = "RunstreamError"
  /**
   * The code of the server's problem, or one of ours: `unreachable` (there was no answer), `timeout`,
   * `connection-lost`, `http-error` (an answer that is no problem), `wrong-content-type`, `no-body`,
   * `invalid-request` (the address or a header cannot be one), `end-missed`, and for events that cannot be
   * read `malformed-event` and `oversized-event`.
   */
  declare readonly code: string
  /** The HTTP status; 0 where there was no answer. */
  declare readonly status: number
  /** The seconds that the server asks to wait; null where it asks for none. */
  declare readonly retryAfter: number | null
  declare readonly errors: readonly FieldError[]

  constructor(code: string, message: string, options: RunstreamErrorOptions = {}) {
    super(message, options)
    Object.assign(this, { code, status: 0, retryAfter: null, errors: [] }, options)
  }
}

/** Whether the same request may succeed later. */
export function isRetriable({ status, code }: RunstreamError): boolean {
  return /^(0|408|425|429|5..)$/.test(String(status)) && code !== "invalid-request"
}
