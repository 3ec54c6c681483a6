import type { SeenWorker } from "./cancelLink.js"
import type { Batch } from "./eventSender.js"
import type { RunJob } from "./types.js"

/** What a sandboxed job offers that is answered from Redis. BullMQ 5.64 has only the second, 5.20 neither. */
interface Answered {
  getDependenciesCount?(options: object): Promise<unknown>
  getChildrenValues?(): Promise<unknown>
}

/** The worker in this process that works on a job; none in a sandbox, where the job is a stand-in. */
export function workerOf(job: RunJob): SeenWorker | undefined {
  const { queue } = job as { queue?: Partial<SeenWorker> }
  return typeof queue?.once === "function" ? (queue as SeenWorker) : undefined
}

/**
 * How a job's progress is sent so that it is in Redis when the promise resolves. A job's own `updateProgress` does that;
 * a sandboxed one's resolves when the worker has been told, and the end of the job could overtake it. So there the worker
 * is asked something that it answers from Redis over the same connection.
 */
export function deliveryOf(job: RunJob): (batch: Batch) => Promise<void> {
  if (workerOf(job)) return (batch) => job.updateProgress(batch)
  const answered = job as Answered
  return async (batch) => {
    await job.updateProgress(batch)
    for (let isAnswered = false; !isAnswered; ) {
      isAnswered = await isSoonAnswered(answered)
    }
  }
}

/** BullMQ gives up on an answer after 5 s, as when Redis is away. */
async function isSoonAnswered(job: Answered): Promise<boolean> {
  try {
    if (job.getDependenciesCount) await job.getDependenciesCount({ processed: true })
    else await job.getChildrenValues?.()
    return true
  } catch (error) {
    if (/timed out/.test((error as Error).message)) return false
    throw error
  }
}
