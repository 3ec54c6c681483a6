import type { ConnectionOptions, Job } from "bullmq"
import { linkTo } from "./cancelLinks.js"
import { asError, endOfCancelled } from "./ending.js"
import { EventSender } from "./eventSender.js"
import { JobRun } from "./jobRun.js"
import { assertIoredis, isClient } from "./redis.js"
import { runIdOf } from "./runId.js"
import { deliveryOf, workerOf } from "./sandbox.js"
import type { Complete, Run, RunJob, RunTypes } from "./types.js"

const MAX_CHECK_MS = 5_000

export interface WithRunOptions {
  /**
   * The `connection` that the worker has: options, or a client of ioredis, which is duplicated and never closed. Each
   * process opens two connections of its own with it, shared by all jobs, workers and queues.
   */
  readonly connection: ConnectionOptions
  /** What the server's keys begin with. Default `ai:`. */
  readonly prefix?: string
  /** How often a running job asks for the cancel token, in milliseconds: 100 to 5,000, default 4,000. */
  readonly checkMs?: number
}

/** A processor as BullMQ calls it. It declares three parameters, without which there is no `signal`. */
export type WrappedProcessor<J, Result> = (
  job: J,
  token?: string,
  signal?: AbortSignal,
) => Promise<Result>

/**
 * Gives a processor the run that its job is, to stream events and to see a cancel.
 *
 * ```ts
 * import { withRun } from "@runstream/bullmq-worker"
 * new Worker("agents", withRun(async (job, run) => { … }, { connection }), { connection })
 * ```
 *
 * The job ends when the processor has ended and the last batch of its events is delivered; what it returns is the run's
 * result. A run that is cancelled before it starts never reaches the processor. Once it is cancelled, whatever the
 * processor rejects with becomes an `UnrecoverableError`, so that BullMQ does not try again; a processor that returns
 * anyway has its result kept. Nothing stops a processor that does not look at `run.signal`.
 *
 * The processor's third argument is the job's lock token. Works on workers of BullMQ 5 and 6, in processor files
 * (sandboxed, as ESM or CommonJS) and as `process` of a `WorkerHost` of Nest.
 *
 * @throws TypeError or RangeError when the options make no sense
 */
export function withRun<E extends RunTypes = RunTypes, J extends RunJob = Job>(
  processor: (job: J, run: Run<E>, token?: string) => Promise<Complete<E>>,
  options: WithRunOptions,
): WrappedProcessor<J, Complete<E>> {
  const { connection, prefix = "ai:", checkMs = 4_000 } = options
  if (typeof processor !== "function") throw new TypeError("withRun() needs a processor function")
  if (typeof connection !== "object" || connection === null) {
    throw new TypeError("withRun() needs the `connection` that the worker has")
  }
  if (isClient(connection)) assertIoredis(connection)
  if (!(checkMs >= 100 && checkMs <= MAX_CHECK_MS)) {
    throw new RangeError(`withRun(): checkMs is ${checkMs}; 100 to ${MAX_CHECK_MS} is allowed`)
  }
  return async (job, token, signal) => {
    const run = new JobRun<E>(
      runIdOf(job.queueName, String(job.id)),
      new EventSender(deliveryOf(job)),
      (runId, onCancel) => linkTo(connection, prefix).watch(runId, workerOf(job), onCancel),
    )
    try {
      await run.begin(checkMs, signal)
      return await work(() => processor(job, run, token), run)
    } catch (error) {
      throw (await run.isCancelled()) ? endOfCancelled(error) : asError(error)
    } finally {
      run.close()
    }
  }
}

/** Works, and delivers the last batch whether that went well or not; the work's own failure counts first. */
async function work<R>(process: () => Promise<R>, run: JobRun<RunTypes>): Promise<R> {
  let result: R
  try {
    result = await process()
  } catch (error) {
    await run.end().catch(() => {})
    throw error
  }
  await run.end()
  return result
}
