// Real queues and workers of one version of BullMQ, told what to do by lines of JSON on standard input, each of which is
// answered by one on standard output. What a job does is said by its name.
//
//   node jobs.mjs 5|6 PORT|cluster:PORT|sentinels:PORT,…/MASTER [PREFIX]
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'

const [version, where, prefix = 'bull'] = process.argv.slice(2)
const { FlowProducer, Queue, Worker, UnrecoverableError } = await import(`bullmq${version}`)
const local = (port) => ({ host: '127.0.0.1', port: Number(port) })
const patient = { maxRetriesPerRequest: null }
const connection = connectionTo(where)
const redis = anotherClient()
const queues = new Map()
const workers = []
const ran = []
const released = new Set()

/** As BullMQ takes it: options, or for a Cluster a client of it. */
function connectionTo(where) {
  const [kind, ports] = where.split(':')
  if (kind === 'cluster') return new Cluster([local(ports)], { redisOptions: patient })
  if (kind !== 'sentinels') return { ...local(where), ...patient }
  const [sentinels, name] = ports.split('/')
  return { sentinels: sentinels.split(',').map(local), name, ...patient }
}

function anotherClient() {
  return connection instanceof Cluster ? connection.duplicate() : new Redis({ ...connection })
}

function queue(name) {
  if (!queues.has(name)) {
    queues.set(name, new Queue(name, { connection, prefix }))
  }
  return queues.get(name)
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** Waits until the test lets the job go, or its cancel comes: by push, or by the token at each step. */
async function hold(job, signal) {
  const token = `ai:run:${job.queueName}:${job.id}:cancel`
  while (!released.has(`${job.queueName}:${job.id}`)) {
    if (signal?.aborted || (await redis.exists(token))) {
      await job.updateProgress({ type: 'delta', data: { stopped: true } })
      throw job.data.plain ? new Error('stopped') : new UnrecoverableError('stopped')
    }
    await sleep(20)
  }
}

const does = {
  async deltas(job) {
    for (let n = 1; n <= job.data.count; n++) {
      await job.updateProgress({ type: 'delta', data: { n } })
      if (job.data.pause) await sleep(job.data.pause)
    }
    return { sent: job.data.count }
  },
  async noisy(job) {
    for (let n = 0; n < job.data.count; n += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, i) => job.updateProgress(n + i)))
    }
  },
  async batches(job) {
    await job.updateProgress({
      type: 'batch',
      events: [
        { type: 'status', data: { message: 'begun' } },
        { type: 'delta', data: 1 },
        { type: 'delta', data: 2 },
        { type: 'partial', data: [1, 2] },
        { type: 'complete', data: 'not for a job to send' },
      ],
    })
    await job.updateProgress(42)
    await job.updateProgress({ type: 'status', data: { state: 'running' } })
    await job.updateProgress('')
    return 'made'
  },
  async flaky(job) {
    await job.updateProgress({ type: 'delta', data: { attempt: job.attemptsMade + 1 } })
    if (job.attemptsMade === 0) throw new Error('the first attempt fails')
    return 'second'
  },
  async hopeless() {
    throw new UnrecoverableError('never again')
  },
  async failing(job) {
    if (!released.has(`${job.queueName}:${job.id}`)) throw new Error('not yet')
    return 'at last'
  },
  async held(job, signal) {
    if (await redis.exists(`ai:run:${job.queueName}:${job.id}:cancel`)) {
      throw new UnrecoverableError('cancelled before it began')
    }
    ran.push({ queue: job.queueName, held: `${job.id} ${job.attemptsMade}` })
    await job.updateProgress({ type: 'delta', data: { holding: true } })
    await hold(job, signal)
    return 'held'
  },
  async deaf(job) {
    await job.updateProgress({ type: 'delta', data: { holding: true } })
    while (!released.has(`${job.queueName}:${job.id}`)) await sleep(20)
    return 'did not hear'
  },
  async stubborn(job) {
    await does.deaf(job)
    throw new Error('and failed then')
  },
  async plain(job) {
    return job.data
  },
}

const told = {
  add: async ({ queue: name, job, data, opts }) => (await queue(name).add(job, data, opts)).id,
  work: async ({ queue: name, opts }) => {
    const worker = new Worker(
      name,
      async (job, token, signal) => {
        ran.push({ queue: name, job: `${job.name} ${job.id}` })
        return does[job.name](job, signal)
      },
      { connection, prefix, ...opts },
    )
    worker.on('error', () => {})
    workers.push(worker)
    await worker.waitUntilReady()
  },
  listen: async () => {
    const messages = anotherClient()
    await messages.subscribe('ai:run:cancel')
    messages.on('message', (_, run) => {
      const id = run.slice(run.indexOf(':') + 1)
      for (const worker of workers) worker.cancelJob?.(id)
    })
  },
  release: async ({ queue: name, jobId }) => void released.add(`${name}:${jobId}`),
  ranIn: async ({ queue: name }) => ran.filter((it) => it.queue === name && it.job).map((it) => it.job),
  heldIn: async ({ queue: name }) => ran.filter((it) => it.queue === name && it.held).map((it) => it.held),
  open: async ({ queue: name }) => void (await queue(name).waitUntilReady()),
  counts: async ({ queue: name }) => {
    const counts = await queue(name).getJobCounts('waiting', 'paused', 'prioritized')
    return Object.values(counts).reduce((sum, count) => sum + count, 0)
  },
  flow: async ({ queue: name }) => {
    const flow = new FlowProducer({ connection, prefix })
    const made = await flow.add({ name: 'plain', queueName: name, children: [{ name: 'plain', queueName: name }] })
    await flow.close()
    return made.children[0].job.id
  },
  pause: async ({ queue: name }) => queue(name).pause(),
  resume: async ({ queue: name }) => queue(name).resume(),
  retry: async ({ queue: name, jobId }) => (await queue(name).getJob(jobId)).retry(),
  remove: async ({ queue: name, jobId }) => (await queue(name).getJob(jobId)).remove(),
  drain: async ({ queue: name }) => queue(name).drain(true),
  state: async ({ queue: name, jobId }) => (await queue(name).getJob(jobId))?.getState() ?? 'gone',
}

say({ ready: true })
for await (const line of createInterface({ input: process.stdin })) {
  const { id, op, ...rest } = JSON.parse(line)
  told[op](rest).then(
    (answer) => say({ id, answer: answer ?? null }),
    (fault) => say({ id, fault: String(fault) }),
  )
}
process.exit(0)
