"use client"

export {
  RunstreamProvider,
  type RunstreamProviderProps,
  useRunstreamClient,
} from "./RunstreamProvider.js"
export { type StreamActions, type UseAgentStreamOptions, useAgentStream } from "./useAgentStream.js"
export { type StartRunResult, useStartRun } from "./useStartRun.js"
