// Jobs of real workers, read through the server and through BullMQ's own QueueEvents. See bench/bullmq.
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

const require = createRequire(new URL('../../bullmq/src/test/node/package.json', import.meta.url))
const { Queue, QueueEvents, Worker } = require('bullmq6')

const [redisPort, serverPort, rounds] = process.argv.slice(2).map(Number)
const connection = { host: '127.0.0.1', port: redisPort }
const base = `http://127.0.0.1:${serverPort}/api/agents`
const queue = new Queue('bench', { connection })
const queueEvents = new QueueEvents('bench', { connection })

/** Calls back with each `data:` line of a run's stream, and returns at its end. */
async function read(runId, onData) {
  let response = await fetch(`${base}/stream/${runId}`)
  while (response.status === 404) {
    await sleep(5)
    response = await fetch(`${base}/stream/${runId}`)
  }
  let rest = ''
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()
    for (const line of lines) if (line.startsWith('data: ')) onData(line.slice(6))
  }
}

/** Ten jobs at 20 events a second each: from the call of updateProgress to the reader's socket. */
async function paced() {
  const throughServer = []
  const direct = []
  const listen = ({ data }) => {
    if (data?.data?.sentAt) direct.push(performance.now() - data.data.sentAt)
  }
  queueEvents.on('progress', listen)
  const worker = new Worker(
    'bench',
    async (job) => {
      for (let n = 0; n < 200; n++) {
        await job.updateProgress({ type: 'delta', data: { n, sentAt: performance.now() } })
        await sleep(50)
      }
    },
    { connection, concurrency: 10 },
  )
  const jobs = await queue.addBulk(Array.from({ length: 10 }, () => ({ name: 'paced', data: {} })))
  await Promise.all(
    jobs.map((job) =>
      read(`bench:${job.id}`, (line) => {
        const sentAt = JSON.parse(line)?.sentAt
        if (sentAt) throughServer.push(performance.now() - sentAt)
      }),
    ),
  )
  queueEvents.off('progress', listen)
  await worker.close()
  return { throughServer, direct }
}

/** Four jobs that send as fast as one worker's awaited calls go, alone or in batches of 50: events a second at readers. */
async function flatOut(batch) {
  const events = 10_000 * (batch > 1 ? 4 : 1)
  const worker = new Worker(
    'bench',
    async (job) => {
      for (let n = 0; n < events / 4; n += batch) {
        const each = Array.from({ length: batch }, (_, i) => ({ type: 'delta', data: { n: n + i, text: 'x'.repeat(40) } }))
        await job.updateProgress(batch > 1 ? { type: 'batch', events: each } : each[0])
      }
    },
    { connection, concurrency: 4 },
  )
  let received = 0
  const began = performance.now()
  const jobs = await queue.addBulk(Array.from({ length: 4 }, () => ({ name: 'flat', data: {} })))
  await Promise.all(
    jobs.map((job) =>
      read(`bench:${job.id}`, (line) => {
        if (line.startsWith('{"n":')) received++
      }),
    ),
  )
  const seconds = (performance.now() - began) / 1000
  await worker.close()
  return { rate: received / seconds, missing: events - received }
}

const at = (values, part) => values.sort((a, b) => a - b)[Math.floor(values.length * part)]
const row = (title, values, digits) => {
  const sorted = [...values].sort((a, b) => a - b)
  const text = (value) => value.toLocaleString('en', { maximumFractionDigits: digits })
  return `| ${title} | ${text(at(sorted, 0.5))} (${text(sorted[0])}–${text(sorted.at(-1))}) |`
}

await queueEvents.waitUntilReady()
while (!(await fetch(`http://127.0.0.1:${serverPort}/readyz`).then((r) => r.ok, () => false))) await sleep(100)
console.error('warming up ...')
await flatOut(1)
await flatOut(50)
const figures = { server50: [], server99: [], direct50: [], direct99: [], single: [], batched: [], missing: [] }
for (let round = 1; round <= rounds; round++) {
  console.error(`round ${round} of ${rounds}`)
  const { throughServer, direct } = await paced()
  figures.server50.push(at(throughServer, 0.5))
  figures.server99.push(at(throughServer, 0.99))
  figures.direct50.push(at(direct, 0.5))
  figures.direct99.push(at(direct, 0.99))
  const single = await flatOut(1)
  const batched = await flatOut(50)
  figures.single.push(single.rate)
  figures.batched.push(batched.rate)
  figures.missing.push(single.missing + batched.missing)
}
console.log('| | median (least–most) |\n|---|---|')
console.log(row('10 jobs, 200 events/s: updateProgress to a reader of the server, p50, ms', figures.server50, 2))
console.log(row('the same, p99, ms', figures.server99, 2))
console.log(row("the same to BullMQ's QueueEvents, p50, ms", figures.direct50, 2))
console.log(row('the same, p99, ms', figures.direct99, 2))
console.log(row('4 jobs flat out, one event a call: events/s at the readers', figures.single, 0))
console.log(row('the same in batches of 50', figures.batched, 0))
console.log(row('events missing of all of a round', figures.missing, 0))
await queueEvents.close()
await queue.close()
