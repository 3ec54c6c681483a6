import { setTimeout as pause } from "node:timers/promises"
import { withRun } from "@runstream/bullmq-worker"
import { Worker } from "bullmq"
import { connection } from "./connection.js"

/** Says a text word by word, as a model would. */
async function tell(job, run) {
  const words = job.data.text.split(" ")
  await run.status("telling")
  for (const [n, word] of words.entries()) {
    // Whatever takes the signal stops at once when the run is cancelled.
    await pause(job.data.pauseMs ?? 100, undefined, { signal: run.signal })
    await run.delta({ text: `${word} ` })
    if ((n + 1) % 20 === 0) await run.partial({ text: words.slice(0, n + 1).join(" ") })
  }
  return { words: words.length }
}

const worker = new Worker("agents", withRun(tell, { connection }), { connection, concurrency: 10 })

worker.on("completed", (job) => console.log(`${job.id} completed`))
worker.on("failed", (job, error) => console.log(`${job?.id} failed: ${error.message}`))
worker.on("error", (error) => console.error(error.message))
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => worker.close())
