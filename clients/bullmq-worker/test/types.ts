// What a user's program may rely on about types. It is checked against the sources here, and against the built package
// with each BullMQ, as ESM and as CommonJS; each line that must not compile says so.
import { withRun } from "@runstream/bullmq-worker"
import { type Job, type Processor, type SandboxedJob, Worker } from "bullmq"

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function is<A, B>(..._same: Equal<A, B> extends true ? [] : ["these types differ", A, B]): void {}

interface Report {
  delta: { done: number }
  partial: { paths: number }
  complete: { report: string }
}
const connection = { host: "127.0.0.1", port: 6379 }

// Without a type a payload may be anything.
const untyped = withRun(
  async (job, run) => {
    is<typeof job, Job>()
    is<typeof run.signal, AbortSignal>()
    await run.delta("text")
    await run.status("loading")
    await run.status({ message: "on", progress: { done: 1, total: 2 }, more: true })
    // @ts-expect-error the server's to say
    await run.status({ state: "completed" })
    // @ts-expect-error a text or an object
    await run.status(1)
    await run.throwIfCancelled()
    return 1
  },
  { connection },
)

// With one, each has its own.
const typed = withRun<Report>(
  async (_job, run, token) => {
    is<typeof token, string | undefined>()
    await run.delta({ done: 1 })
    // @ts-expect-error a number is wanted
    await run.delta({ done: "1" })
    await run.partial({ paths: 1 })
    return { report: "" }
  },
  { connection, prefix: "mine:", checkMs: 1_000 },
)
// @ts-expect-error the result is missing
withRun<Report>(async () => {}, { connection })
// @ts-expect-error the connection is missing
withRun(async () => {}, {})

// The job's own types, also in a sandbox.
const precise = withRun<Report, Job<{ paths: number }, Report["complete"]>>(
  async (job) => {
    is<typeof job.data, { paths: number }>()
    return { report: "" }
  },
  { connection },
)
export default withRun(
  async (job: SandboxedJob<{ paths: number }>, run) => {
    await run.delta(job.data.paths)
    return 1
  },
  { connection },
)

// What comes out is a processor.
const processor: Processor = typed
export const workers = [
  new Worker("a", untyped, { connection }),
  new Worker<{ paths: number }, Report["complete"]>("b", precise, { connection }),
  new Worker("c", processor, { connection }),
]

// As Nest declares it, and as a class of a user's answers to it.
declare abstract class WorkerHost {
  abstract process(job: Job, token?: string): Promise<unknown>
}
export class Agents extends WorkerHost {
  override process = withRun<Report>((job, run) => this.report(job, run.delta), { connection })

  private async report(_job: Job, _delta: (data: Report["delta"]) => Promise<void>) {
    return { report: "" }
  }
}
