import { isRetriable, RunstreamError } from "./error.js"
import { throwIfAborted } from "./fault.js"
import { problemOf } from "./problem.js"
import type { FollowListener, FollowOptions } from "./run/follow.js"
import type { Server } from "./serverCalls.js"
import { type Backoff, delayMs } from "./sse/backoff.js"
import type { EventSourceConnection } from "./sse/eventSource.js"
import { type Request, send } from "./sse/request.js"
import { createWatchdog } from "./sse/watchdog.js"

/** Where to log. A logger gets exactly these calls, each with two arguments, and never a header. */
export interface Logger {
  error(message: "Agent run error", metadata: { runId: string; errorData: unknown }): void
  error(message: "SSE connection error", metadata: { runId: string }): void
  error(message: "Failed to cancel", metadata: { runId: string; errorMessage: string }): void
}

/** How a client reaches its server. */
export interface Connection extends Pick<Request, "headers" | "credentials" | "fetch"> {
  /** With the base path, without a slash at its end. */
  readonly baseUrl: string
  readonly logger?: Logger | undefined
  readonly backoff: Backoff
  readonly share?: ShareOptions | undefined
}

/** One stream for all tabs of a browser. */
export interface ShareOptions {
  /** Who is logged in: the user or the tenant. Tabs share only where it is the same. */
  readonly key: string
  /** What `@runstream/client/tabs` exports. */
  readonly tabs: TabSharing
}

/** Follows a run, through another tab where one does already. */
export type TabSharing = (
  server: Server,
  runId: string,
  options: FollowOptions,
  on: FollowListener,
  followRun: typeof import("./run/follow.js").followRun,
) => EventSourceConnection

export interface Call {
  readonly method?: string
  readonly body?: string
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal | undefined
  /** How often it is tried again. Three times by default. */
  readonly retries?: number | undefined
}

export interface Answer {
  readonly headers: Headers
  /** The body, parsed. */
  readonly json: unknown
}

/** After how many milliseconds a call counts as lost. */
const callTimeoutMs = 60_000

/**
 * Makes a call that may be repeated without harm, and repeats it when the network or the server fails.
 *
 * @throws RunstreamError where it is refused, where it fails every time, and at once where the server asks
 *   to wait for longer than `backoff.maxMs`; the signal's reason when it aborts
 */
export async function call(connection: Connection, path: string, options: Call): Promise<Answer> {
  const { backoff } = connection
  const { method, body, headers = {}, signal, retries = 3 } = options
  let waitMs = 0
  for (let retry = 1; ; retry++) {
    const watchdog = createWatchdog(waitMs + callTimeoutMs)
    const leave = () => watchdog.abort(signal?.reason)
    signal?.addEventListener("abort", leave)
    let timer: ReturnType<typeof setTimeout> | undefined
    const attempt = async () => {
      throwIfAborted(signal)
      if (waitMs > 0) {
        await new Promise((resolve) => {
          timer = setTimeout(resolve, waitMs)
        })
      }
      const request = { ...connection, method, body }
      const response = await send(
        connection.baseUrl + path,
        request,
        async () => headers,
        watchdog.signal,
      )
      if (!response.ok) throw await problemOf(response)
      try {
        const text = await response.text()
        return { headers: response.headers, json: text && JSON.parse(text) }
      } catch (cause) {
        throw new RunstreamError("connection-lost", "The connection broke off", { cause })
      }
    }
    try {
      return await Promise.race([watchdog.aborted, attempt()])
    } catch (thrown) {
      throwIfAborted(signal)
      const error = thrown as RunstreamError
      const holdMs = Number(error.retryAfter) * 1000
      if (!isRetriable(error) || retry > retries || holdMs > backoff.maxMs) throw error
      waitMs = holdMs + delayMs(backoff, retry)
    } finally {
      clearTimeout(timer)
      watchdog.abort()
      signal?.removeEventListener("abort", leave)
    }
  }
}
