import { Queue } from "bullmq"
import { connection } from "./connection.js"

const text =
  process.argv[2] ??
  "Call me Ishmael. Some years ago, never mind how long precisely, I went to sea."

const queue = new Queue("agents", { connection })
const job = await queue.add("tell", { text }, { attempts: 3 })
console.log(`agents:${job.id}`)
await queue.close()
