import { inspect } from "node:util"
import { UnrecoverableError } from "bullmq"

/** What BullMQ takes as "this job goes on later", after it was moved; the job is no longer the processor's to fail. */
const MOVED = new Set(["DelayedError", "WaitingError", "WaitingChildrenError"])

/**
 * What ends the job of a cancelled run whose processor rejected with `error`: an `UnrecoverableError`, since BullMQ
 * retries a job that fails with any other. It keeps the message, unless that only says that it was aborted.
 */
export function endOfCancelled(error: unknown): unknown {
  const { name, message, stack } = (error ?? {}) as Partial<Error>
  if (name === "UnrecoverableError" || MOVED.has(name ?? "")) return error
  const says = name !== "AbortError" && name !== "RateLimitError" && message
  const end = new UnrecoverableError(says || "The run was cancelled")
  Object.defineProperty(end, "cause", { value: error, configurable: true, writable: true })
  if (stack) end.stack = `${end.stack}\nCaused by: ${stack}`
  return end
}

/**
 * What was thrown as something that BullMQ can fail a job with: at `null` it forgets the job, which then hangs until it
 * is taken for stalled, and of what is no error it keeps no reason.
 */
export function asError(thrown: unknown): unknown {
  if (typeof (thrown as Partial<Error> | null | undefined)?.message === "string") return thrown
  const says = typeof thrown === "string" ? thrown : `The processor threw ${inspect(thrown)}`
  return new Error(says, { cause: thrown })
}
