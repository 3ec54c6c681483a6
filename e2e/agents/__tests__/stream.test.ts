import { createClient } from "@runstream/client"
import { afterAll, beforeAll, expect, it } from "vitest"
import { RunstreamServer } from "../../../clients/test/runstreamServer.js"
import { TcpProxy } from "../../../clients/test/tcpProxy.js"
import { eventually, until } from "../../../clients/test/until.js"

let server: RunstreamServer
let proxy: TcpProxy

beforeAll(async () => {
  server = await RunstreamServer.start("--store", "memory")
  proxy = await TcpProxy.to(() => server.port)
})
afterAll(async () => {
  await proxy?.close()
  await server?.stop()
})

it("is disconnected, reconnects with Last-Event-ID, and gets the events that it missed", async () => {
  const client = createClient({ baseUrl: proxy.baseUrl })
  const runId = await server.startExternal()
  const seen: string[] = []
  const stream = client.createAgentStream<{ delta: { n: number } }>(runId, {
    onEvent: ({ id }) => seen.push(id),
  })
  const leave = stream.subscribe(() => {})
  await server.publish(runId, ["delta", { n: 1 }], ["delta", { n: 2 }])
  const before = await until(stream, ({ deltas }) => deltas.length === 2)

  proxy.refusing = true
  proxy.cut()
  await eventually(() => stream.getSnapshot().connection.state === "waiting")
  await server.publish(runId, ["delta", { n: 3 }], ["delta", { n: 4 }])
  expect(stream.getSnapshot()).toMatchObject({ status: "running", lastEventId: before.lastEventId })
  proxy.refusing = false
  stream.reconnect()

  const after = await until(stream, ({ deltas }) => deltas.length === 4)
  expect(after.deltas.map(({ n }) => n)).toEqual([1, 2, 3, 4])
  expect(proxy.positions.at(0)).toBeUndefined()
  expect(proxy.positions.at(-1)).toBe(before.lastEventId)

  await server.publish(runId, ["complete", { sum: 10 }])
  const ended = await until(stream, ({ isEnded }) => isEnded)
  expect(ended).toMatchObject({ status: "completed", result: { sum: 10 }, gaps: [] })
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toHaveLength(6)
  leave()
})
