import "reflect-metadata"
import { BullModule, Processor, WorkerHost } from "@nestjs/bullmq"
import { Injectable, Module, Scope } from "@nestjs/common"
import { NestFactory } from "@nestjs/core"
import { type Job, Worker } from "bullmq"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Run, withRun } from "../src/index.js"
import { RedisServer } from "./redisServer.js"
import { gate, TestQueue, untilAborted } from "./testQueue.js"

let redis: RedisServer
beforeAll(async () => {
  redis = await RedisServer.start()
})
afterAll(() => redis.stop())

// What `@Injectable()` and the like stand for.
const decorated = <C>(type: C, ...decorators: ((type: never) => unknown)[]): C => {
  for (const decorate of decorators) decorate(type as never)
  return type
}

describe.each([
  ["one for all jobs", Scope.DEFAULT],
  ["one for each job", Scope.REQUEST],
])("a WorkerHost of Nest, %s", (_, scope) => {
  it("whose `process` is wrapped streams, and hears of a cancel", async () => {
    const queue = new TestQueue(redis)
    const started = gate<Run>()

    class Texts {
      readonly greeting = "hello"
    }
    class Agents extends WorkerHost {
      constructor(private readonly texts: Texts) {
        super()
      }
      override process = withRun((job, run) => this.work(job, run), {
        connection: redis.connection,
      })
      private async work(job: Job, run: Run) {
        await run.delta(`${this.texts.greeting} ${job.data.name}`)
        if (job.data.name !== "endless") return "done"
        started.open(run)
        return untilAborted(run.signal)
      }
    }
    Reflect.defineMetadata("design:paramtypes", [Texts], Agents)
    class App {}
    decorated(Texts, Injectable())
    decorated(Agents, Processor({ name: queue.name, scope }))
    decorated(
      App,
      Module({
        imports: [
          BullModule.forRoot({ connection: redis.connection }),
          BullModule.registerQueue({ name: queue.name }),
        ],
        providers: [Texts, Agents],
      }),
    )
    const app = await NestFactory.createApplicationContext(App, { logger: false })
    try {
      const ended = await queue.run({}, { name: "Ada" })
      expect(ended.events).toEqual([{ type: "delta", data: "hello Ada" }])
      expect(ended.result).toBe("done")
      await queue.queue.add("job", { name: "endless" }, { jobId: "job", attempts: 3 })
      await redis.cancel((await started.opened).runId)
      expect(await queue.ended("job")).toMatchObject({ failedReason: "stopped", starts: 1 })
      if (scope === Scope.DEFAULT) expect(app.get(Agents).worker).toBeInstanceOf(Worker)
    } finally {
      await app.close()
      await queue.close()
    }
    await expect.poll(() => redis.ours(), { timeout: 5_000 }).toEqual({ listening: 0, asking: 0 })
  })
})
