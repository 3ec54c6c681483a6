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

export interface Request {
  readonly method?: string | undefined
  /** Headers, or a function that gives them anew for each attempt. */
  readonly headers?: HeadersSource | undefined
  /** A body, or a function that gives it anew for each attempt, which a stream needs. */
  readonly body?: BodyInit | null | (() => BodyInit | null | Promise<BodyInit | null>) | undefined
  readonly credentials?: RequestCredentials | undefined
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
}

/**
 * Sends one request; after a 401 once more, with headers asked for again.
 *
 * @throws RunstreamError `unreachable`, also where a function of the caller's fails; `invalid-request`, which
 *   has no cause, because the platform's own error repeats the header, which may be a token
 */
export async function send(
  url: string | URL,
  { method, headers: source, body, credentials, fetch: ownFetch }: Request,
  moreHeaders: () => Promise<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  try {
    const more = await moreHeaders()
    for (let unauthorized = false; ; unauthorized = true) {
      const isAsked = typeof source === "function"
      const response = await (ownFetch ?? fetch)(url, {
        method,
        headers: headersOf(url, isAsked ? await source({ unauthorized }) : source, more),
        body: typeof body === "function" ? await body() : body,
        credentials,
        cache: "no-store",
        // What Node wants of a body that is a stream.
        duplex: "half",
        signal,
      } as RequestInit)
      if (response.status !== 401 || unauthorized || !isAsked) return response
    }
  } catch (cause) {
    if (cause instanceof RunstreamError) throw cause
    throw new RunstreamError("unreachable", "No answer", { cause })
  }
}

/** Fails for good where no request can be made: as a failed one it would be tried for ever. */
function headersOf(
  url: string | URL,
  source: HeadersInit | undefined,
  more: Record<string, string>,
): Headers {
  try {
    new URL(url, globalThis.location?.href)
    const headers = new Headers(source)
    for (const name in more) headers.set(name, more[name] as string)
    return headers
  } catch {
    throw new RunstreamError("invalid-request", "Invalid URL or header")
  }
}
