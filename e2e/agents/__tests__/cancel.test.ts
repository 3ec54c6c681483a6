import { createClient, type RunEvent } from "@runstream/client"
import { afterAll, beforeAll, expect, it } from "vitest"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { eventually, until } from "../../../clients/test/until.js"

let server: RunstreamServer

beforeAll(async () => {
  server = await RunstreamServer.start("--store", "memory")
})
afterAll(() => server?.stop())

it("starts a run, sees its events, cancels it, and leaves nothing behind", async () => {
  const client = createClient({ baseUrl: server.baseUrl })
  const events: RunEvent[] = []
  const { runId } = await client.startRun({
    agent: "fund-scenario",
    input: { paths: 100_000_000, seed: 7 },
  })
  const stream = client.createAgentStream(runId, { onEvent: (event) => events.push(event) })
  const leave = stream.subscribe(() => {})

  const live = await until(stream, ({ partials }) => partials.length > 0)
  expect(live).toMatchObject({ status: "running", isEnded: false, connection: { state: "open" } })

  const cancelled = stream.cancel()
  expect(stream.getSnapshot().status).toBe("cancelling")
  expect(await cancelled).toBe("cancelling")
  const ended = await until(stream, ({ isEnded }) => isEnded)
  expect(ended).toMatchObject({
    status: "cancelled",
    isComplete: false,
    error: null,
    connection: { state: "closed" },
  })
  // What was produced stays.
  expect(ended.partials.length).toBeGreaterThan(0)

  expect(events.at(-1)).toMatchObject({ type: "error", data: { code: "cancelled" } })
  expect(events.map(({ id }) => Number(id.split("-")[1]))).toEqual(events.map((_, at) => at + 1))
  leave()
  stream.close()
  expect(await server.look(runId)).toMatchObject({ state: "cancelled" })
  await eventually(async () => (await server.look(runId)).readers === 0)
})
