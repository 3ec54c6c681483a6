export type { Logger, ShareOptions, TabSharing } from "./calls.js"
export { type Client, type ClientOptions, createClient } from "./client.js"
export { type FieldError, RunstreamError } from "./error.js"
export type { From } from "./run/follow.js"
export type { IterateOptions } from "./run/iterate.js"
export type {
  Run,
  RunEnd,
  RunErrorData,
  RunEvent,
  RunGap,
  RunItem,
  RunPage,
  RunReset,
  RunState,
  RunTypes,
  StartRun,
  StatusData,
} from "./run/types.js"
export type { CallOptions, RunQuery, ServerCalls, StartOptions } from "./serverCalls.js"
export type { Backoff } from "./sse/backoff.js"
export type { ConnectionState } from "./sse/connectionState.js"
export type { HeadersContext, HeadersSource } from "./sse/request.js"
export type { AgentStream, AgentStreamOptions } from "./stream/agentStream.js"
export { type LlmTypes, type Reducer, textReducer } from "./stream/reducer.js"
export type { ConnectionFailure, RunFailure, RunSnapshot } from "./stream/snapshot.js"
