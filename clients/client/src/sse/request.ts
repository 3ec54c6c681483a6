import { RunstreamError } from "../error.js"

/** What a function for headers is told. */
export interface HeadersContext {
  /** The server has just answered 401: the token that was given before is not good any more. */
  readonly unauthorized: boolean
}

/** Headers, or a function that gives them anew for each request. */
export type HeadersSource =
  | HeadersInit
  | ((context: HeadersContext) => HeadersInit | Promise<HeadersInit>)

/**
 * The headers of one request.
 *
 * @throws RunstreamError without the cause where a header cannot be sent, because the platform's own error
 *   repeats the value, which may be a token
 */
export async function headersFrom(
  source: HeadersSource | undefined,
  unauthorized: boolean,
): Promise<Headers> {
  let init = source
  if (typeof init === "function") {
    try {
      init = await init({ unauthorized })
    } catch (cause) {
      if (cause instanceof RunstreamError) throw cause
      throw new RunstreamError("The function for headers failed", { code: "headers-failed", cause })
    }
  }
  try {
    return new Headers(init as HeadersInit)
  } catch {
    throw new RunstreamError("A header has a value that cannot be sent", {
      code: "invalid-headers",
    })
  }
}

/** Settles like the promise, or rejects as soon as the signal aborts, for what does not heed a signal. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason)
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted))
    if (signal.aborted) aborted()
    else signal.addEventListener("abort", aborted, { once: true })
  })
}
