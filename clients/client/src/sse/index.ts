export { type FieldError, RunstreamError } from "../error.js"
export { type Backoff, defaultBackoff } from "./backoff.js"
export type { ConnectionState } from "./connectionState.js"
export {
  createEventSource,
  type EventSourceConnection,
  type EventSourceOptions,
} from "./eventSource.js"
export type { SseRequest } from "./exchange.js"
export {
  createSseParser,
  type SseComment,
  type SseEvent,
  type SseItem,
  type SseOversized,
  type SseParser,
  type SseParserOptions,
  type SseRetry,
} from "./parser.js"
export type { HeadersContext, HeadersSource } from "./request.js"
