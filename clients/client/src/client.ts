import type { Connection, Logger, ShareOptions } from "./calls.js"
import { type IterateOptions, iterateRun } from "./run/iterate.js"
import type { Complete, RunItem, RunTypes } from "./run/types.js"
import { type CallOptions, createServerCalls, type ServerCalls } from "./serverCalls.js"
import { type Backoff, defaultBackoff } from "./sse/backoff.js"
import type { HeadersSource } from "./sse/request.js"
import {
  type AgentStream,
  type AgentStreamOptions,
  createAgentStream,
} from "./stream/agentStream.js"

export interface ClientOptions {
  /**
   * The server's address with its base path, such as `https://host/api/agents`. An address without a path
   * means `/api/agents` there; none at all, `/api/agents` of the page's own origin.
   */
  readonly baseUrl?: string
  /** Headers for every request, or a function that gives them. A 401 has it asked once more. */
  readonly headers?: HeadersSource
  readonly credentials?: RequestCredentials
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch
  readonly logger?: Logger
  /** How to wait before trying again. */
  readonly backoff?: Partial<Backoff>
  /** One stream for each run and all tabs of a browser, instead of one for each tab. */
  readonly share?: ShareOptions
}

/** Starts, follows, cancels and reads the runs of one server. It holds no connection by itself. */
export interface Client extends ServerCalls {
  getResult<E extends RunTypes = RunTypes>(
    runId: string,
    options?: CallOptions,
  ): Promise<Complete<E>>
  /** Every event in order, gaps and the terminal one included. Leaving the loop disconnects. */
  iterateRun<E extends RunTypes = RunTypes>(
    runId: string,
    options?: IterateOptions,
  ): AsyncGenerator<RunItem<E>, void, void>
  /** A run as a store with snapshots. It connects with its first subscriber. */
  createAgentStream<E extends RunTypes = RunTypes>(
    runId: string,
    options?: AgentStreamOptions<E>,
  ): AgentStream<E>
}

export function createClient(options: ClientOptions = {}): Client {
  const connection = connectionOf(options)
  const calls = createServerCalls(connection)
  const server = { ...connection, ...calls }
  return {
    ...(calls as Client),
    iterateRun: (runId, more) => iterateRun(server, runId, more),
    createAgentStream: (runId, more) => createAgentStream(server, runId, more),
  }
}

/** What the options come to. */
export function connectionOf(options: ClientOptions): Connection {
  const base = (options.baseUrl ?? "").replace(/\/+$/, "")
  return {
    ...options,
    baseUrl: /^(\w+:\/\/[^/]*)?$/.test(base) ? `${base}/api/agents` : base,
    backoff: { ...defaultBackoff, ...options.backoff },
  }
}
