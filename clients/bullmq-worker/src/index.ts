export type { Run, RunJob, RunTypes, StatusData } from "./types.js"
export { type WithRunOptions, type WrappedProcessor, withRun } from "./withRun.js"
